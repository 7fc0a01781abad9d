import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { temporaryFolder } from '../../../runtime/files/temporary-folder.ts'
import type { Content } from '../identify/content.ts'
import { FileRefused } from '../refusal.ts'
import type { SourceRow, Table } from './table.ts'

/** The table of a Parquet file, read by DuckDB as texts. */
export async function parquetTable(content: Content): Promise<Table> {
  // Under a name of our own: one with a star in it would be a pattern.
  const folder = mkdtempSync(join(temporaryFolder(), 'parquet-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'file.parquet')
  await pipeline(content.open(), createWriteStream(file))
  const { columns, rows } = await described(file)
  return {
    format: 'parquet',
    evidence: { columns: 'named and typed by the format' },
    encoding: null,
    delimiter: null,
    sheet: null,
    columns,
    isTyped: true,
    width: null,
    physicalLines: rows,
    rows: () => rowsOf(file, columns)
  }
}

async function connection() {
  const { DuckDBInstance } = await import('@duckdb/node-api')
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: '256MB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false'
  })
  const connected = await instance.connect()
  await connected.run(`SET TimeZone = 'UTC'`)
  return {
    connected,
    close: () => {
      connected.closeSync()
      instance.closeSync()
    }
  }
}

async function described(file: string): Promise<{ columns: string[]; rows: number }> {
  const { connected, close } = await connection()
  try {
    const counted = await connected.runAndReadAll(`SELECT count(*) FROM read_parquet('${file}')`)
    const shape = await connected.runAndReadAll(`DESCRIBE SELECT * FROM read_parquet('${file}')`)
    return { columns: shape.getRows().map(([name]) => String(name)), rows: Number(counted.getRows()[0]?.[0]) }
  } catch (error) {
    throw new FileRefused({ code: 'archive_corrupt' }, { cause: error })
  } finally {
    close()
  }
}

async function* rowsOf(file: string, columns: readonly string[]): AsyncGenerator<SourceRow[]> {
  const { connected, close } = await connection()
  try {
    const texts = columns.map((name) => `"${name.replaceAll('"', '""')}"::VARCHAR`)
    const result = await connected.stream(`SELECT ${texts.join(', ')} FROM read_parquet('${file}')`)
    let line = 1
    for (
      let chunk = await result.fetchChunk();
      chunk && chunk.rowCount > 0;
      chunk = await result.fetchChunk()
    )
      yield chunk.getRows().map(
        (cells): SourceRow => ({
          line: line++,
          lines: 1,
          cells: cells.map((cell) => (cell === null ? '' : String(cell)))
        })
      )
  } finally {
    close()
  }
}
