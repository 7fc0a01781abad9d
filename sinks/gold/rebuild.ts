import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { CourantError } from '../../runtime/errors.ts'
import type { Settings } from '../../runtime/settings.ts'
import { sqlText } from '../lake/duckdb.ts'
import { objectStoreFor } from '../../runtime/object-store/object-store-for.ts'
import { inTransaction, withAttached } from '../warehouse/attached-database.ts'
import { FileColumns } from '../warehouse/file-columns.ts'
import { publishDatabase } from '../warehouse/publish-database.ts'
import { SilverMirror } from '../warehouse/silver-mirror.ts'
import { createSilverViews } from '../warehouse/silver-views.ts'
import { GoldFiles } from './gold-files.ts'
import { columnList, createGoldTables, readOffsets } from './gold-tables.ts'
import { workFile } from './gold-publisher.ts'
import { openDuckDb, ratesView } from './model-engine.ts'
import { createModelViews, type GoldTable, goldTables } from './models.ts'
import { loadRates } from './rates.ts'
import { goldSettings, publishedAs, sharedMode } from './settings.ts'
import { createSilverInputs, type DaySpan } from './silver-inputs.ts'
import { behindGold, type GoldProgress, type SilverProgress, silverProgress } from './silver-progress.ts'
import { GoldState } from './state/gold-state.ts'
import { keptTables } from './state/kept-tables.ts'
import { dayText } from './time.ts'

/** How a rebuilt table compares with the Gold table as it was, over the days asked for. */
export interface Comparison {
  readonly table: string
  readonly rows: number
  /** Rows that Gold did not have. */
  readonly missing: number
  /** Rows that only Gold had. */
  readonly surplus: number
  /** Days with a difference, first ones. */
  readonly days: readonly string[]
}

/** Days computed at once: memory grows with them, and so does the number of sessions that are read twice. */
const daysAtOnce = 7

/**
 * Computes days anew from Silver, by the same models, and compares them with what analysts see; changes nothing.
 * Throws SILVER_BEHIND when they differ and Silver lacks changes that Gold has: then neither is known to be wrong.
 */
export async function compareWithSilver(settings: Settings, days: DaySpan): Promise<readonly Comparison[]> {
  const file = resolve(settings.text(goldSettings.analyticsPath))
  if (!existsSync(file))
    throw new CourantError(
      'TARGET_REFUSED',
      `There is no ${file} yet: start the gold pipeline (courant run gold)`
    )
  // Looked at first: what it gets while it is read is not in the comparison.
  const silver = await silverProgress(settings)
  return withRebuilt(settings, days, async (connection) => {
    await connection.run(`ATTACH ${sqlText(file)} AS gold (READ_ONLY)`)
    const comparison = await compareAll(connection, days)
    if (comparison.some(({ missing, surplus }) => missing + surplus > 0))
      await refuseBehind(silver, { offsets: await readOffsets(connection), topic: () => null }, settings)
    return comparison
  })
}

/**
 * Computes days anew from Silver and puts them in the place of what Gold has; the gold pipeline must not run. Throws
 * SILVER_BEHIND, before anything is changed, while Silver lacks changes that Gold has: figures would go back, and no
 * change would come that has them computed again.
 */
export async function rebuildFromSilver(settings: Settings, days: DaySpan): Promise<readonly Comparison[]> {
  const folder = settings.text(goldSettings.dir)
  const state = GoldState.open(folder)
  try {
    const gold = { offsets: state.offsets(), topic: (name: string) => state.topic(name) }
    await refuseBehind(await silverProgress(settings), gold, settings)
    return await withRebuilt(settings, days, async (connection) => {
      const file = workFile(folder)
      const result = await withAttached(connection, { file, name: 'gold' }, async () => {
        await createGoldTables(connection)
        const comparison = await compareAll(connection, days)
        // Noted before, so that files are written in any case if this ends halfway.
        state.addPendingDays(days)
        await replaceAll(connection, days)
        const store = await objectStoreFor(settings)
        await new GoldFiles(connection, { store, state }).writeAll()
        return comparison
      })
      await publishDatabase(file, publishedAs(settings))
      return result
    })
  } finally {
    state.close()
  }
}

async function refuseBehind(
  silver: readonly SilverProgress[],
  gold: GoldProgress,
  settings: Settings
): Promise<void> {
  const tables = await behindGold(silver, gold, settings)
  if (tables.length === 0) return
  throw new CourantError(
    'SILVER_BEHIND',
    `Silver lacks changes of ${tables.join(', ')} that Gold has: what is computed from it would lack them, too. Nothing was changed; wait until ${tables.map((table) => `silver.${table}`).join(', ')} have caught up (\`courant lag\`), or start them`,
    { details: { tables } }
  )
}

async function withRebuilt<T>(
  settings: Settings,
  days: DaySpan,
  action: (connection: DuckDBConnection) => Promise<T>
): Promise<T> {
  const folder = settings.text(goldSettings.dir)
  mkdirSync(folder, { recursive: true })
  const instance = await openDuckDb(folder)
  const connection = await instance.connect()
  try {
    await connection.run(`SET TimeZone = 'UTC'`)
    await openSilver(connection, settings)
    await connection.run(ratesView(loadRates(settings)))
    await rebuild(connection, days)
    return await action(connection)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function openSilver(connection: DuckDBConnection, settings: Settings): Promise<void> {
  const mirror = new SilverMirror(await objectStoreFor(settings), {
    folder: join(settings.text(goldSettings.dir), 'silver'),
    graceMs: settings.number(goldSettings.graceMs),
    mode: sharedMode(settings)
  })
  for (const { table } of keptTables) {
    const paths = (await mirror.files(table)).map(({ path }) => path)
    const files = await new FileColumns().alike(connection, paths)
    await createSilverViews(connection, { database: 'memory', table, files })
  }
}

async function rebuild(connection: DuckDBConnection, { first, last }: DaySpan): Promise<void> {
  for (const table of goldTables)
    await connection.run(`CREATE TABLE rebuilt_${table.name} (${columnList(table)})`)
  for (let from = first; from <= last; from += daysAtOnce) {
    const days = { first: from, last: Math.min(last, from + daysAtOnce - 1) }
    await createSilverInputs(connection, days)
    await createModelViews(connection)
    for (const table of goldTables)
      await connection.run(
        `INSERT INTO rebuilt_${table.name} SELECT * FROM temp.main.${table.name} WHERE ${within(table, days)}`
      )
  }
}

const within = ({ dateColumn }: GoldTable, { first, last }: DaySpan): string =>
  `${dateColumn} BETWEEN DATE ${sqlText(dayText(first))} AND DATE ${sqlText(dayText(last))}`

async function compareAll(connection: DuckDBConnection, days: DaySpan): Promise<Comparison[]> {
  const comparisons: Comparison[] = []
  for (const table of goldTables) comparisons.push(await compare(connection, table, days))
  return comparisons
}

async function compare(connection: DuckDBConnection, table: GoldTable, days: DaySpan): Promise<Comparison> {
  const rebuilt = `SELECT * FROM rebuilt_${table.name}`
  const present = `SELECT * FROM gold.main.${table.name} WHERE ${within(table, days)}`
  const differences = `
    SELECT ${table.dateColumn} AS day, 1 AS missing, 0 AS surplus FROM (${rebuilt} EXCEPT ALL ${present})
    UNION ALL SELECT ${table.dateColumn}, 0, 1 FROM (${present} EXCEPT ALL ${rebuilt})`
  const sql = `
    SELECT (SELECT count(*) FROM rebuilt_${table.name})::DOUBLE, coalesce(sum(missing), 0)::DOUBLE,
      coalesce(sum(surplus), 0)::DOUBLE, list_sort(list(DISTINCT day::VARCHAR))[:10]
    FROM (${differences})`
  const [[rows, missing, surplus, list] = []] = (await connection.runAndReadAll(sql)).getRowsJson()
  return {
    table: table.name,
    rows: Number(rows),
    missing: Number(missing),
    surplus: Number(surplus),
    days: (list ?? []) as string[]
  }
}

async function replaceAll(connection: DuckDBConnection, days: DaySpan): Promise<void> {
  await inTransaction(connection, async () => {
    for (const table of goldTables) {
      await connection.run(`DELETE FROM gold.main.${table.name} WHERE ${within(table, days)}`)
      await connection.run(`INSERT INTO gold.main.${table.name} SELECT * FROM rebuilt_${table.name}`)
    }
  })
}
