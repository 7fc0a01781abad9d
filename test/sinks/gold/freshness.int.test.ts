import assert from 'node:assert/strict'
import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { DuckDBInstance } from '@duckdb/node-api'
import { tables } from '../../../schemas/tables.ts'
import { goldSink } from '../../../sinks/gold/gold-sink.ts'
import { dayMicros } from '../../../sinks/gold/time.ts'
import { silverSink } from '../../../sinks/lake/silver.ts'
import { topicsOf } from '../../../topics/catalogue.ts'
import { testContext } from '../../support/context.ts'
import { eventually } from '../../support/eventually.ts'
import { GoldWorld } from './gold-world.ts'
import { bookBought, firstDay, itemsOf } from './happenings.ts'

const items = itemsOf(
  Array.from({ length: 30 }, (_, n) => bookBought(n, firstDay * dayMicros + n)),
  1
)
const signal = () => AbortSignal.timeout(60_000)
const worlds: GoldWorld[] = []
const newWorld = () => {
  const world = new GoldWorld()
  worlds.push(world)
  return world
}
after(() => worlds.forEach((world) => world.remove()))

type Row = Readonly<Record<string, string | null>>

async function freshness(file: string): Promise<ReadonlyMap<string, Row>> {
  const instance = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  try {
    const rows = await connection.runAndReadAll('SELECT COLUMNS(*)::VARCHAR FROM courant.freshness')
    return new Map((rows.getRowObjectsJson() as Row[]).map((row) => [String(row['name']), row]))
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

describe('what analysts see says how old it is', () => {
  it('is complete after a clean stop, and says so', async () => {
    const world = newWorld()
    await world.writeSilver(items)
    await world.writeGold(items)
    const rows = await freshness(world.analytics)
    for (const name of ['global_user_activity_per_day', 'silver.users', 'silver.user_purchases_history'])
      assert.equal(rows.get(name)?.['state'], 'complete when Courant was stopped', name)
    assert.equal(await world.count('silver.user_purchases'), 30)
    // Under the name of analysts' file, which is not the one it was made under.
    assert.equal(await world.count(`silver.user_purchases_as_of(now())`), 30)
    const silent = `(SELECT name FROM (
      SELECT table_name AS name, comment FROM duckdb_tables() WHERE schema_name = 'main'
      UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE schema_name IN ('silver', 'courant')
    ) WHERE comment IS NULL)`
    assert.equal(await world.count(silent), 0)
  })

  it('waits at the stop for what Silver of the same process still writes', async () => {
    const world = newWorld()
    const silver = await silverSink(tables.userPurchases).open(world.context)
    const gold = await world.open()
    await gold.write(items, { signal: signal() })
    const closing = gold.close()
    await silver.write(items, { signal: signal() })
    await silver.close()
    await closing
    assert.equal(await world.count('silver.user_purchases'), 30)
  })

  it('is stale once nothing comes any more of what was not stopped cleanly', async () => {
    const world = newWorld()
    const context = testContext({ ...settingsOf(world), COURANT_ANALYTICS_STALE_SECONDS: '1' })
    const gold = await goldSink().open(context)
    try {
      const left = join(world.folder, 'left.duckdb')
      await eventually(async () => {
        if (!existsSync(world.analytics)) return false
        copyFileSync(world.analytics, left)
        return (await freshness(left)).get('silver.users')?.['as_of']
      })
      await eventually(
        async () =>
          (await freshness(left)).get('silver.users')?.['state'] === 'stale: nothing newer was published'
      )
      const first = (await freshness(world.analytics)).get('silver.users')?.['as_of'] ?? ''
      await eventually(
        async () => String((await freshness(world.analytics)).get('silver.users')?.['as_of']) > first,
        { what: 'a newer publication though nothing is new' }
      )
    } finally {
      await gold.close()
    }
  })

  it('says how many records of its topics are not in it, where Kafka tells, and by a gauge how old it is', async () => {
    const world = newWorld()
    await world.writeSilver(items)
    const topic = topicsOf(tables.userPurchases).clean.name
    const gauges = new Map<string, number>()
    const context = {
      ...testContext(settingsOf(world)),
      metrics: {
        count: () => undefined,
        gauge: (name: string, value: number, { view = '' }: Record<string, string> = {}) =>
          void gauges.set(`${name} ${view}`, value)
      }
    }
    const ends = async () => new Map([[topic, [{ topic, partition: 0, low: 10, high: 55 }]]])
    const gold = await goldSink(() => ends).open(context)
    await gold.write(items, { signal: signal() })
    await eventually(
      async () =>
        existsSync(world.analytics) &&
        (await freshness(world.analytics)).get('silver.user_purchases')?.['records_behind'] === '45'
    )
    await gold.close()
    assert.equal((await freshness(world.analytics)).get('silver.users')?.['records_behind'], null)
    const age = gauges.get('analytics_age_seconds silver.user_purchases')
    assert.ok(age !== undefined && age >= 0)
  })
})

const settingsOf = ({ folder, analytics }: GoldWorld) => ({
  COURANT_GOLD_DIR: join(folder, 'gold'),
  COURANT_ANALYTICS_PATH: analytics,
  COURANT_LAKE_URL: join(folder, 'lake'),
  COURANT_LAKE_COMPACT_MS: '0',
  COURANT_GOLD_PUBLISH_MS: '50',
  COURANT_GOLD_SILVER_MS: '50'
})
