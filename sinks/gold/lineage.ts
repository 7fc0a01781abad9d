import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { CourantError } from '../../runtime/errors.ts'
import type { Settings } from '../../runtime/settings.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import { type SilverFile, silverFiles } from '../lake/silver-files.ts'
import { objectStoreFor } from '../../runtime/object-store/object-store-for.ts'
import { inputs } from './inputs.ts'
import { goldTables } from './models.ts'
import { goldSettings } from './settings.ts'
import { stateFile } from './state/gold-state.ts'
import { type KeptTable, wholeDay } from './state/kept-table.ts'
import { TargetRows } from './state/target-rows.ts'
import { type Day, dayOf, dayText } from './time.ts'

/** One record that a user's Gold rows of a day were computed from, and where it is. */
export interface Origin {
  /** Gold tables, comma-separated. */
  readonly gold: string
  readonly topic: string
  readonly partition: number
  readonly offset: number
  /** ISO 8601: when the change happened at its source. */
  readonly changedAt: string
  /** The Silver file that holds it, or null while none does. */
  readonly file: string | null
}

/** Everything that a user's Gold rows of a day come from; works while the pipeline runs. */
export async function lineageOf(
  settings: Settings,
  { userId, day }: { readonly userId: string; readonly day: Day }
): Promise<readonly Origin[]> {
  const records = readRecords(settings.text(goldSettings.dir), { userId: userId.replaceAll('-', ''), day })
  const store = await objectStoreFor(settings)
  const files = new Map<string, Promise<readonly SilverFile[]>>()
  const filesOf = (table: string, ds: string) => {
    const known = files.get(`${table}/${ds}`) ?? silverFiles(store, table, { from: ds, to: ds })
    files.set(`${table}/${ds}`, known)
    return known
  }
  const sorted = records.toSorted(
    (a, b) => a.kept.name.localeCompare(b.kept.name) || a.partition - b.partition || a.offset - b.offset
  )
  return Promise.all(
    sorted.map(async ({ kept, gold, partition, offset, changedAt }) => {
      const candidates = await filesOf(kept.table.name, dayText(dayOf(changedAt)))
      return {
        gold,
        topic: topicsOf(kept.table).clean.name,
        partition,
        offset,
        changedAt: new Date(changedAt / 1000).toISOString(),
        file: candidates.find((file) => holds(file, partition, offset))?.name ?? null
      }
    })
  )
}

function holds({ offsets }: SilverFile, partition: number, offset: number): boolean {
  return offsets.some(
    (range) => range.partition === partition && offset >= range.first && offset <= (range.last ?? Infinity)
  )
}

interface KeptRecord {
  readonly kept: KeptTable
  readonly gold: string
  readonly partition: number
  readonly offset: number
  readonly changedAt: number
}

function readRecords(folder: string, target: { userId: string; day: Day }): KeptRecord[] {
  const file = stateFile(folder)
  if (!existsSync(file))
    throw new CourantError(
      'TARGET_REFUSED',
      `There is no ${file} yet: start the gold pipeline (courant run gold)`
    )
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5000 })
  try {
    const rows = new TargetRows(database)
    rows.choose([{ ...target, part: wholeDay }])
    return inputs.flatMap(({ kept, fromState }) =>
      Object.entries(fromState).flatMap(([subject, sql]) => {
        const gold = goldTables.filter((table) => table.subject === subject).map(({ name }) => name)
        return rows.all(sql).map((row): KeptRecord => {
          const [partition, offset, changedAt] = row.slice(-3).map(Number) as [number, number, number]
          return { kept, gold: gold.join(', '), partition, offset, changedAt }
        })
      })
    )
  } finally {
    database.close()
  }
}
