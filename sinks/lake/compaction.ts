import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { CourantError } from '../../runtime/errors.ts'
import type { Context } from '../../runtime/pipeline.ts'
import type { Table } from '../../schemas/table.ts'
import { fileContent } from '../../runtime/object-store/content.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import { freshSeconds } from './lake-settings.ts'
import { type InputFile, maxRunBytes, mergeFiles } from './merge-files.ts'
import { checkQuality, reportQuality, storeQuality } from './quality.ts'
import { type SilverDay, compactedName } from './silver-files.ts'
import type { SchemaColumn } from './silver-schema.ts'
import { temporaryFolder } from '../../runtime/files/temporary-folder.ts'

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
 * is bounded, whatever the size of the day. When a check fails, nothing is published and the parts stay.
 */
export async function compactDay(job: CompactionJob, day: SilverDay): Promise<CompactionOutcome> {
  const { store, table, context } = job
  const contents = await contentsOf(store, day)
  const folder = await mkdtemp(join(temporaryFolder(), 'compaction-'))
  try {
    const inputs = await copyInputs(store, day, folder)
    if (!inputs) return 'overtaken'
    const file = join(folder, 'compacted.parquet')
    const facts = { offsets: offsetsText(contents), count: String(contents.rows) }
    await mergeFiles(job, inputs, {
      file,
      facts: { ...facts, ds: day.ds },
      maxRunBytes: maxRunBytes(context.settings)
    })
    const quality = await checkQuality(job.connection, {
      table,
      ds: day.ds,
      file,
      rowsIn: contents.rows,
      now: context.now(),
      freshSeconds: context.settings.number(freshSeconds)
    })
    await storeQuality(store, table.name, quality)
    const age = quality.find(({ check }) => check === 'fresh')?.observed
    if (age !== undefined) context.metrics.gauge('lake_newest_change_age_seconds', age, { table: table.name })
    if (!reportQuality(context, quality)) return 'refused'
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
async function copyInputs(store: ObjectStore, day: SilverDay, folder: string): Promise<InputFile[] | null> {
  const { compacted, live } = day
  const sources = [...(compacted ? [{ ...compacted, ifMatch: compacted.etag }] : []), ...live]
  const inputs: InputFile[] = []
  for (const [at, source] of sources.entries()) {
    const file = join(folder, `input-${at}.parquet`)
    if (!(await store.copyTo(source.name, file, 'ifMatch' in source ? source : {}))) return null
    inputs.push({ file, size: source.size })
  }
  return inputs
}
