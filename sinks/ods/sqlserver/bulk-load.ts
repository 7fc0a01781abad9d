import type mssql from 'mssql'
import { driver } from './driver.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { cacheColumns, type CachedRun } from '../cache/cached-run.ts'
import { CsvRows } from '../cache/csv-line.ts'
import type { OdsTable } from '../ods-table.ts'
import { keyCharacters } from './tables.ts'
import { stagedType } from './types.ts'

type Cells = readonly (string | null)[]

/** The driver holds a bulk several times over: long texts make it shorter. */
const charactersPerBulk = 8_000_000

const lengthOf = (cells: Cells) => cells.reduce((sum, cell) => sum + (cell?.length ?? 0), 0)

/** Tables of so many rows of a cached run, for one bulk load each. */
export async function* stagingBatches(
  table: OdsTable,
  run: CachedRun,
  bulkRows: number
): AsyncGenerator<mssql.Table> {
  let batch = emptyBatch(table)
  let characters = 0
  for await (const cells of rowsOf(run)) {
    batch.rows.add(...stagedRow(cells, table.name))
    characters += lengthOf(cells)
    if (batch.rows.length < bulkRows && characters < charactersPerBulk) continue
    yield batch
    batch = emptyBatch(table)
    characters = 0
  }
  if (batch.rows.length > 0) yield batch
}

async function* rowsOf(run: CachedRun): AsyncGenerator<Cells> {
  const decoder = new TextDecoder()
  const rows = new CsvRows()
  for await (const chunk of run.csv()) yield* rows.add(decoder.decode(chunk, { stream: true }))
}

function emptyBatch({ name, columns }: OdsTable): mssql.Table {
  const batch = new driver.Table(`[stg].[${name}]`)
  const nullable = { nullable: true }
  batch.columns.add('row_key', driver.NVarChar(keyCharacters), nullable)
  batch.columns.add('hashdiff', driver.VarBinary(32), nullable)
  batch.columns.add('is_deleted', driver.Bit, nullable)
  batch.columns.add('source_offset', driver.BigInt, nullable)
  for (const column of columns) batch.columns.add(column.sqlName, driverType(stagedType(column)), nullable)
  return batch
}

/** The driver's name for a type of staging. */
function driverType(type: string) {
  if (type === 'int') return driver.Int()
  if (type === 'bigint') return driver.BigInt()
  const [, base, size = 'max'] = /^(\w+)\((.*)\)/.exec(type) ?? []
  const length = size === 'max' ? driver.MAX : Number(size)
  return base === 'varchar' ? driver.VarChar(length) : driver.NVarChar(length)
}

function stagedRow(cells: Cells, table: string) {
  const [key = '', hashdiff, isDeleted, offset, ...values] = cells
  if (key === null || key.length > keyCharacters)
    throw new CourantError(
      'VALUE_UNFIT',
      `A key of ${table} has more than ${keyCharacters} characters, which SQL Server cannot index: choose other PrimaryKeyCols in config.ETL_Tables`
    )
  const hash = Buffer.from(hashdiff?.slice(2) ?? '', 'hex')
  return [
    key,
    hash,
    isDeleted === 'true',
    Number(offset),
    ...values.slice(0, cells.length - cacheColumns.length)
  ]
}
