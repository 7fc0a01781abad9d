import type { Report } from '../server.ts'
import { createSourceSchema } from './create-source-schema.ts'
import { fillSample } from './fill-sample.ts'
import type { SampleTargets } from './targets.ts'

/** The sample that people meet first: a week that ends today at midnight. */
export const sampleSize = { seed: 20_261_122, users: 300, days: 7, eventsPerUserDay: 12 }

/** Creates the nine tables where they are missing, and fills them unless there are users already; says which. */
export async function fillSampleOnce(targets: SampleTargets, report: Report): Promise<void> {
  await createSourceSchema(targets)
  const found = await targets.pg?.query('SELECT count(*) AS count FROM "PG_Users"')
  if (Number(found?.rows[0]?.['count']) > 0) {
    report('sample     the sources are filled already')
    return
  }
  const startOfToday = new Date(new Date().setUTCHours(0, 0, 0, 0))
  const { rows } = await fillSample({ ...sampleSize, endingAt: startOfToday }, targets)
  const total = Object.values(rows).reduce((sum, count) => sum + count, 0)
  report(`sample     ${total.toLocaleString('en-US')} rows in ${Object.keys(rows).length} tables`)
}
