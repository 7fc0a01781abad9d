import { randomUUID } from 'node:crypto'
import { createRequire } from 'node:module'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { tables } from '../../schemas/tables.ts'
import { ParquetEncoder } from '../../sinks/lake/parquet-encoder.ts'
import { type CleanItem, silverColumns, silverRow } from '../../sinks/lake/silver-columns.ts'
import { testContext } from '../support/context.ts'

/**
 * Compares Parquet writers for docs/decisions/2026-11-22-parquet-writer.md, one a run so that memory is its own:
 *   node test/bench/parquet-writers.ts <duckdb|hyparquet-writer|parquetjs-lite> <rows a file> <files> [folder]
 * The last two are no dependencies of Courant: install them into a folder and name it.
 */
const [writer = 'duckdb', rowsText = '10000', filesText = '40', modules = ''] = process.argv.slice(2)
const rows = Number(rowsText)
const files = Number(filesText)

const folder = mkdtempSync(join(tmpdir(), 'courant-parquet-'))
const file = join(folder, 'out.parquet')
const columns = tables.activities.columns.map(({ name, type }) => ({
  name,
  isTime: type.kind === 'timestamp'
}))

type Write = (items: readonly CleanItem[]) => Promise<number>

const write = await opened(writer)
const items = Array.from({ length: rows }, (_, n) => itemOf(n))
const before = process.cpuUsage()
let bytes = 0
for (let n = 0; n < files; n++) bytes += await write(items)
const { user, system } = process.cpuUsage(before)
rmSync(folder, { recursive: true })
console.log(
  `${writer}: ${rows} rows a file, ${((user + system) / rows / files).toFixed(1)} µs CPU a row, ` +
    `${(bytes / rows / files).toFixed(0)} bytes a row, peak RSS ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MB`
)
process.exit(0)

function opened(name: string): Promise<Write> {
  if (name === 'hyparquet-writer') return hyparquet()
  if (name === 'parquetjs-lite') return parquetjs()
  return duckdb()
}

function imported(name: string): Promise<Record<string, never>> {
  if (modules === '')
    throw new Error(`npm install ${name} in a folder of its own and name the folder as the last argument`)
  return import(createRequire(join(modules, 'package.json')).resolve(name)) as Promise<Record<string, never>>
}

async function duckdb(): Promise<Write> {
  const encoder = await ParquetEncoder.open(tables.activities, testContext({}).settings)
  const silver = silverColumns(tables.activities)
  const rowOf = (item: CleanItem, offset: number) =>
    silverRow(tables.activities, silver, { ...item, at: new Date(0), partition: 0, offset })
  return async (items) => {
    const rows = items.map(rowOf)
    const staged = await encoder.stage(rows)
    const { size } = await staged.encode(rows, '1970-01-01')
    await staged.close()
    return size
  }
}

async function hyparquet(): Promise<Write> {
  const { ByteWriter, parquetWrite } = (await imported('hyparquet-writer')) as unknown as {
    ByteWriter: new () => { getBuffer(): ArrayBuffer }
    parquetWrite: (options: object) => void
  }
  return async (items) => {
    const sorted = sortedRows(items)
    const writer = new ByteWriter()
    const columnData = columns.map(({ name, isTime }) => ({
      name,
      type: isTime ? 'INT64' : 'STRING',
      nullable: true,
      data: sorted.map((row) => (isTime && row[name] !== null ? BigInt(row[name] as number) : row[name]))
    }))
    parquetWrite({
      writer,
      columnData,
      codec: 'ZSTD',
      compressors: { ZSTD: (page: Uint8Array) => zstdCompressSync(page) }
    })
    const bytes = Buffer.from(writer.getBuffer())
    writeFileSync(file, bytes)
    return bytes.length
  }
}

async function parquetjs(): Promise<Write> {
  const { ParquetSchema, ParquetWriter } = (await imported('parquetjs-lite'))['default'] as unknown as {
    ParquetSchema: new (columns: object) => object
    ParquetWriter: {
      openFile(
        schema: object,
        file: string
      ): Promise<{ appendRow(row: object): Promise<void>; close(): Promise<void> }>
    }
  }
  const typeOf = (isTime: boolean) => ({
    type: isTime ? 'TIMESTAMP_MICROS' : 'UTF8',
    optional: true,
    compression: 'SNAPPY'
  })
  const schema = new ParquetSchema(
    Object.fromEntries(columns.map(({ name, isTime }) => [name, typeOf(isTime)]))
  )
  return async (items) => {
    const writer = await ParquetWriter.openFile(schema, file)
    for (const row of sortedRows(items))
      await writer.appendRow(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)))
    await writer.close()
    return statSync(file).size
  }
}

function sortedRows(items: readonly CleanItem[]): Record<string, unknown>[] {
  const rows = items.map(({ value }) => value.after as Record<string, unknown>)
  return rows.sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1))
}

function itemOf(n: number): CleanItem {
  const micros = 1_763_769_600_000_000 + n * 1000
  const after = {
    id: randomUUID(),
    group_id: randomUUID(),
    user_id: randomUUID(),
    activity_type: ['walk', 'dinner', 'concert'][n % 3],
    title: `Activity ${n}`,
    description: n % 3 ? null : `a description of some length, number ${n}`,
    location: `Town ${n % 500}`,
    scheduled_at: n % 4 ? micros + 86_400_000_000 : null,
    status: ['open', 'full', 'over'][n % 3],
    created_at: micros
  }
  const source = { row_version: micros, ts_us: micros }
  const value = { before: null, after, source, op: 'c', ts_ms: micros / 1000 }
  return {
    id: after.id,
    key: after.id,
    at: new Date(micros / 1000),
    partition: 0,
    offset: n,
    value
  } as unknown as CleanItem
}
