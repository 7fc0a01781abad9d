import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { bytesContent, type Content } from '../../runtime/object-store/content.ts'
import { mapAtOnce } from '../../runtime/loop/map-at-once.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import { objectStoreFor } from '../../runtime/object-store/object-store-for.ts'
import type { LogItem, Spec, Writer } from '../../runtime/pipeline.ts'
import { bronzeSink } from '../../sinks/lake/bronze.ts'
import { Compactor } from '../../sinks/lake/compactor.ts'
import { lakeConnection } from '../../sinks/lake/duckdb.ts'
import { bronzeBatching, lakeBatching } from '../../sinks/lake/lake-settings.ts'
import { partName, partPrefix } from '../../sinks/lake/part-names.ts'
import { ensureSilverSchema } from '../../sinks/lake/silver-schema.ts'
import { silverSink } from '../../sinks/lake/silver.ts'
import { goldSink } from '../../sinks/gold/gold-sink.ts'
import { shownTables } from '../../sinks/warehouse/silver-catalogue.ts'
import { cleanChange, rawChange, sampleTable } from '../sinks/lake/sample-log.ts'
import { type TestContext, testContext } from '../support/context.ts'
import type { Bench, BenchContext, Findings } from './bench.ts'
import type { Table } from './markdown-table.ts'
import { quantile } from './quantile.ts'

export const lake: Bench = { number: 9, name: 'lake', title: 'A lake of many objects', servers: [], run }

const seen = Date.UTC(2026, 10, 1)
const years = 4
const day = 86_400_000
const signal = () => AbortSignal.timeout(600_000)

async function run(context: BenchContext): Promise<Findings> {
  const rows = context.isQuick ? 2000 : 16_044
  const objects = context.isQuick ? 500 : 10_000
  const seconds = context.isQuick ? 20 : 120
  const snapshot = await snapshotObjects(join(context.folder, 'snapshot'), rows)
  context.report(`a lake of ${objects} objects is made`)
  const ages = await agesSeen(join(context.folder, 'many'), { objects, seconds })
  return {
    setting: [
      `A first snapshot of ${rows.toLocaleString('en-US')} rows over ${years} years in three partitions, in the order of its key, into a folder; each sink in this process.`,
      `Then a lake of ${objects.toLocaleString('en-US')} objects of Silver in a folder, most of them of one table, to which a file is added each second; Gold shows it for ${seconds} s, with COURANT_ANALYTICS_STALE_SECONDS at 30, and an analyst asks what was published last for courant.freshness and for the newest file.`
    ],
    tables: [snapshot, ages.table],
    verdicts: [`What analysts saw of a table was ${ages.oldest.toFixed(1)} s old at most (wanted: under 30).`]
  }
}

async function snapshotObjects(folder: string, rows: number): Promise<Table> {
  const context = lakeContext(folder)
  const store = await objectStoreFor(context.settings)
  const bronze = await writeAll(bronzeSink(sampleTable), rawChange, {
    context,
    rows,
    batch: bronzeBatching(context.settings).maxItems
  })
  const silver = await writeAll(silverSink(sampleTable), cleanChange, {
    context,
    rows,
    batch: lakeBatching(context.settings).maxItems
  })
  const files = { bronze: await countOf(store, 'bronze/'), silver: await countOf(store, 'silver/') }
  const compaction = await cost(async () => {
    const job = { store, table: sampleTable, context, schema: await ensureSilverSchema(store, sampleTable) }
    const compactor = new Compactor({ ...job, connection: await lakeConnection(context.settings) })
    await compactor.look({ evenIfBusy: true })
    await compactor.look()
  })
  return {
    caption: 'Files after a first snapshot',
    rows: [
      { what: 'Bronze', files: files.bronze, 'CPU s': bronze },
      { what: 'Silver, as written', files: files.silver, 'CPU s': silver },
      { what: 'Silver, compacted', files: await countOf(store, 'silver/'), 'CPU s': compaction }
    ]
  }
}

const lakeContext = (folder: string): TestContext =>
  testContext({
    COURANT_LAKE_URL: join(folder, 'lake'),
    COURANT_LAKE_COMPACT_MS: '0',
    COURANT_LAKE_GRACE_MS: '0',
    COURANT_GOLD_DIR: join(folder, 'gold'),
    COURANT_ANALYTICS_PATH: join(folder, 'analytics.duckdb')
  })

async function writeAll<T extends { readonly source: object }>(
  sink: Spec<Writer<T, LogItem<T>>>,
  item: (n: number) => LogItem<T>,
  { context, rows, batch }: { context: TestContext; rows: number; batch: number }
): Promise<number> {
  const old = (n: number): LogItem<T> => {
    const at = new Date(Math.floor(seen - (((n * 7919) % rows) / rows) * years * 365.25 * day))
    const change = item(n)
    return {
      ...change,
      at,
      value: { ...change.value, source: { ...change.value.source, ts_us: at.getTime() * 1000 } }
    }
  }
  const all = Array.from({ length: rows }, (_, n) => old(n))
  return cost(async () => {
    const writer = await sink.open(context)
    for (let from = 0; from < rows; from += batch)
      await writer.write(all.slice(from, from + batch), { signal: signal() })
    await writer.write([], { signal: signal() })
    await writer.close()
  })
}

async function cost(action: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  await action()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

async function countOf(store: ObjectStore, prefix: string): Promise<number> {
  let count = 0
  for await (const { name } of store.list(prefix)) if (!name.includes('/_')) count++
  return count
}

/** How old what analysts see was, and how long a new file took to be seen. */
async function agesSeen(
  folder: string,
  { objects, seconds }: { objects: number; seconds: number }
): Promise<{ readonly table: Table; readonly oldest: number }> {
  const context = lakeContext(folder)
  const store = await objectStoreFor(context.settings)
  const growing = await fillSilver(store, context, objects)
  const gold = await goldSink().open(context)
  const ages: number[] = []
  const addedAt: number[] = []
  let newest = -1
  const delays: number[] = []
  const begun = performance.now()
  while (performance.now() - begun < seconds * 1000) {
    addedAt.push(performance.now())
    await growing.add()
    const found = await asked(
      context.settings.text({ env: 'COURANT_ANALYTICS_PATH', describe: '', default: '' })
    )
    const now = performance.now()
    // Until everything was looked at once, nothing is promised of it.
    if (found?.oldest != null) ages.push(found.oldest)
    const seenUntil = found ? found.link - growing.first : newest
    while (newest < seenUntil) delays.push((now - (addedAt[++newest] ?? now)) / 1000)
    await wait(1000)
  }
  await gold.close()
  const of = (values: readonly number[]) => {
    const sorted = values.toSorted((a, b) => a - b)
    return { p50: quantile(sorted, 0.5), max: quantile(sorted, 1) }
  }
  return {
    oldest: Math.max(...ages),
    table: {
      caption: `Seconds, with ${objects.toLocaleString('en-US')} objects`,
      rows: [
        { what: 'the oldest of all tables, when asked', ...of(ages) },
        { what: 'a new file, until it is seen', ...of(delays) }
      ]
    }
  }
}

interface Growing {
  /** The link of the first file that is added. */
  readonly first: number
  add(): Promise<void>
}

async function fillSilver(store: ObjectStore, context: TestContext, objects: number): Promise<Growing> {
  const part = await onePart(store, context)
  const others = shownTables.filter((table) => table !== sampleTable)
  const few = Math.floor(objects / 40)
  const names = others.flatMap(({ name }) => Array.from({ length: few }, (_, n) => nameOf(name, n)))
  for (let n = 0; names.length < objects; n++) names.push(nameOf(sampleTable.name, n))
  const put = (name: string, n: number) =>
    store.put(name, part, { ifNoneMatch: '*', metadata: { first: String(n), last: String(n), count: '1' } })
  await mapAtOnce([...names.entries()], 16, async ([n, name]) => put(name, n))
  const first = objects - few * others.length
  let next = first
  return { first, add: async () => void (await put(nameOf(sampleTable.name, next), next++)) }
}

/** Ten files a day. */
function nameOf(table: string, n: number): string {
  const ds = new Date(seen - Math.floor(n / 10) * day).toISOString().slice(0, 10)
  return partName(partPrefix(`silver/${table}/${ds}`, table, 0), n, 'parquet')
}

/** A file of Silver as it is written, taken out of a lake of its own. */
async function onePart(store: ObjectStore, context: TestContext): Promise<Content> {
  const writer = await silverSink(sampleTable).open(context)
  await writer.write([cleanChange(0)], { signal: signal() })
  await writer.close()
  for await (const { name } of store.list(`silver/${sampleTable.name}/2`)) {
    const chunks: Buffer[] = []
    for await (const chunk of (await store.get(name)) ?? []) chunks.push(chunk as Buffer)
    await store.delete(name)
    return bytesContent(Buffer.concat(chunks))
  }
  throw new Error('no file was written')
}

/** What an analyst is told, or null while nothing is published. */
async function asked(
  file: string
): Promise<{ readonly oldest: number | null; readonly link: number } | null> {
  const database = await DuckDBInstance.create(file, { access_mode: 'READ_ONLY', threads: '1' }).catch(
    () => null
  )
  if (!database) return null
  const connection = await database.connect()
  try {
    // Of the very first publication, Silver is not there yet.
    const rows = await connection
      .runAndReadAll(
        `SELECT (SELECT CASE WHEN bool_and(as_of IS NOT NULL) THEN max(age_seconds) END FROM courant.freshness WHERE name LIKE 'silver.%')::DOUBLE,
         (SELECT coalesce(max(first_offset), -1) FROM lineage.silver_files WHERE table_name = '${sampleTable.name}')::INTEGER`
      )
      .catch(() => null)
    if (!rows) return null
    const [oldest, link] = rows.getRows()[0] ?? []
    return {
      oldest: oldest === null || oldest === undefined ? null : Number(oldest),
      link: Number(link ?? -1)
    }
  } finally {
    connection.closeSync()
    database.closeSync()
  }
}
