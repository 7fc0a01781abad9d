import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { CourantError } from '../../runtime/errors.ts'
import type { Context } from '../../runtime/pipeline.ts'
import type { Table } from '../../schemas/table.ts'
import { fileContent } from '../object-store/content.ts'
import type { ObjectStore } from '../object-store/object-store.ts'
import { sqlName, sqlText } from './duckdb.ts'
import { freshSeconds } from './lake-settings.ts'
import { copyStatement } from './parquet-encoder.ts'
import { type QualityResult, checkQuality, storeQuality } from './quality.ts'
import { type SilverDay, compactedName } from './silver-files.ts'
import type { SchemaColumn } from './silver-schema.ts'

export interface CompactionJob {
  readonly store: ObjectStore
  readonly table: Table
  readonly schema: readonly SchemaColumn[]
  readonly connection: DuckDBConnection
  readonly context: Context
}

/** Refused by a check, or overtaken by another compactor of the same day. */
export type CompactionOutcome = 'published' | 'refused' | 'overtaken'

/** What a compacted file will contain: last offset of each partition, and rows. */
interface Contents {
  readonly offsets: ReadonlyMap<number, number>
  readonly rows: number
}

/**
 * Writes a day's compacted file and its live parts into one sorted file that takes their place in a single put. Memory
 * is DuckDB's limit, whatever the size of the day. When a check fails, nothing is published and the parts stay.
 */
export async function compactDay(job: CompactionJob, day: SilverDay): Promise<CompactionOutcome> {
  const { store, table, context } = job
  const contents = await contentsOf(store, day)
  const folder = await mkdtemp(join(tmpdir(), 'courant-compaction-'))
  try {
    const inputs = await copyInputs(store, day, folder)
    if (!inputs) return 'overtaken'
    const file = join(folder, 'compacted.parquet')
    const facts = { offsets: offsetsText(contents), count: String(contents.rows) }
    const query = await unionOf(job, inputs)
    await job.connection.run(copyStatement(query, { table, file, facts: { ...facts, ds: day.ds }, level: 3 }))
    const quality = await checkQuality(job.connection, {
      table,
      ds: day.ds,
      file,
      rowsIn: contents.rows,
      now: context.now(),
      freshSeconds: context.settings.number(freshSeconds)
    })
    await storeQuality(store, table.name, quality)
    if (!report(job, day, quality)) return 'refused'
    return (await publish(job, day, { file, facts })) ? 'published' : 'overtaken'
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function publish(
  { store, table, context }: CompactionJob,
  { ds, compacted, live }: SilverDay,
  { file, facts }: { file: string; facts: Readonly<Record<string, string>> }
): Promise<boolean> {
  const content = await fileContent(file)
  const condition = compacted ? { ifMatch: compacted.etag } : { ifNoneMatch: '*' as const }
  const metadata = { ...facts, sha256: content.sha256 }
  const contentType = 'application/vnd.apache.parquet'
  const etag = await store.put(compactedName(table.name, ds), content, {
    ...condition,
    contentType,
    metadata
  })
  if (etag === null) return false
  context.metrics.count('lake_compactions_total')
  context.log.info(
    { table: table.name, ds, parts: live.length, rows: Number(facts['count']), bytes: content.size },
    'compacted'
  )
  return true
}

/** Follows each partition's chain from link to link: a part that is missing must be noticed, not compacted over. */
async function contentsOf(store: ObjectStore, { ds, compacted, live }: SilverDay): Promise<Contents> {
  const offsets = new Map(compacted?.offsets)
  let rows = compacted?.rows ?? 0
  for (const { name, partition, link } of live) {
    const metadata = (await store.head(name))?.metadata
    if (!metadata || link !== (offsets.get(partition) ?? -1) + 1)
      throw new CourantError(
        'TARGET_UNAVAILABLE',
        `The chain of Silver parts of ${ds} is broken before ${name}; if this stays, a part was removed by hand`
      )
    offsets.set(partition, Number(metadata['last']))
    rows += Number(metadata['count'])
  }
  return { offsets, rows }
}

function offsetsText({ offsets }: Contents): string {
  return JSON.stringify(Object.fromEntries([...offsets].sort(([a], [b]) => a - b)))
}

/** Local copies of everything that goes into the new file, or null when the compacted file was replaced meanwhile. */
async function copyInputs(store: ObjectStore, day: SilverDay, folder: string): Promise<string[] | null> {
  const { compacted, live } = day
  const sources = [...(compacted ? [{ name: compacted.name, ifMatch: compacted.etag }] : []), ...live]
  const files: string[] = []
  for (const [at, source] of sources.entries()) {
    const file = join(folder, `input-${at}.parquet`)
    if (!(await store.copyTo(source.name, file, 'ifMatch' in source ? source : {}))) return null
    files.push(file)
  }
  return files
}

/** A query of all rows with the columns of the schema; a column that older files lack is NULL there. */
async function unionOf(
  { connection, schema, table }: CompactionJob,
  files: readonly string[]
): Promise<string> {
  const present = new Set<string>()
  for (const file of files)
    for (const { name, type } of await columnsOf(connection, file)) {
      const expected = schema.find((column) => column.name === name)?.type
      if (type !== expected)
        throw new CourantError(
          'SCHEMA_INCOMPATIBLE',
          `A file of Silver ${table.name} has ${name} as ${type} where its schema says ${expected ?? 'nothing'}; it stays uncompacted`
        )
      present.add(name)
    }
  const columns = schema.map(({ name, type }) =>
    present.has(name) ? sqlName(name) : `NULL::${type} AS ${sqlName(name)}`
  )
  return `SELECT ${columns.join(', ')} FROM read_parquet([${files.map(sqlText).join(', ')}], union_by_name = true)`
}

async function columnsOf(connection: DuckDBConnection, file: string): Promise<SchemaColumn[]> {
  const rows = (
    await connection.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet(${sqlText(file)})`)
  ).getRowObjects()
  return rows.map((row) => ({ name: String(row['column_name']), type: String(row['column_type']) }))
}

/** Counts and tells what the checks found; true when the file may be published. */
function report(
  { context, table }: CompactionJob,
  { ds }: SilverDay,
  results: readonly QualityResult[]
): boolean {
  for (const { check, passed, severity, observed, expected } of results) {
    if (check === 'fresh')
      context.metrics.gauge('lake_newest_change_age_seconds', observed, { table: table.name })
    if (passed) continue
    context.metrics.count('quality_failures_total', 1, { table: table.name, check, severity })
    const fields = { table: table.name, ds, check, observed, expected }
    if (severity === 'error') context.log.error(fields, 'a day of Silver fails a check and is not compacted')
    else context.log.warn(fields, 'a day of Silver looks odd')
  }
  return results.every(({ passed, severity }) => passed || severity === 'warning')
}
