import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkRowBytes, type OdsTable } from '../../../sinks/ods/ods-table.ts'
import { postgresDialect } from '../../../sinks/ods/postgres/postgres-dialect.ts'
import { rowBytes } from '../../../sinks/ods/sqlserver/row-width.ts'
import { sqlServerDialect } from '../../../sinks/ods/sqlserver/sqlserver-dialect.ts'
import { column } from './sample-runs.ts'

const tableOf = (...columns: OdsTable['columns']): OdsTable => ({
  name: 'produit',
  columns: [column('code', 'integer'), ...columns],
  key: ['code'],
  keepHistory: false
})
const texts = (count: number, width: number) =>
  Array.from({ length: count }, (_, n) => column(`zone_${n + 1}`, 'text', { width }))

test('a row of staging is as wide as the pages of SQL Server say', () => {
  // 6 for its head, 1 for the NULLs of 5 columns, 2 for how many vary; row_key 24 + 2, hash 32, a bit, bigint 8, int 4.
  assert.equal(rowBytes(tableOf()).stg, 6 + 1 + 2 + 26 + 32 + 1 + 8 + 4)
  // A text of up to 5 × 4 characters varies by 40 bytes, of which 24 stay; one of 2 × 4 has 16.
  assert.equal(rowBytes(tableOf(...texts(1, 5))).stg - rowBytes(tableOf()).stg, 26)
  assert.equal(rowBytes(tableOf(...texts(1, 2))).stg - rowBytes(tableOf()).stg, 18)
  // A date is staged as 10 characters, and 3 bytes in the table; a decimal of 15 digits as 17 and 9.
  const dated = rowBytes(tableOf(column('le', 'date'), column('prix', 'decimal', { width: 15, scale: 2 })))
  const bare = rowBytes(tableOf())
  assert.deepEqual([dated.stg - bare.stg, dated.ods - bare.ods], [12 + 19, 12])
})

test('400 long texts do not fit, and the check says how many to exclude, and which', () => {
  const table = tableOf(...texts(399, 60), column('remarque', 'text', { width: 2000 }))
  assert.ok(rowBytes(table).stg > 10_400)
  assert.throws(
    () => checkRowBytes(table, sqlServerDialect),
    (error: Error) => {
      const count = Number(/exclude (\d+) columns/.exec(error.message)?.[1])
      assert.match(error.message, /8,060/)
      assert.match(error.message, /such as remarque/)
      // What it says is enough, and one less is not.
      const left = (excluded: number) => tableOf(...texts(400 - excluded, 60))
      assert.doesNotThrow(() => checkRowBytes(left(count), sqlServerDialect))
      assert.throws(() => checkRowBytes(left(count - 2), sqlServerDialect))
      return true
    }
  )
  assert.doesNotThrow(() => checkRowBytes(table, postgresDialect))
})

test('tables of the size that ERPs have do fit', () => {
  const mixed = tableOf(
    ...texts(150, 8),
    ...Array.from({ length: 100 }, (_, n) => column(`montant_${n}`, 'decimal', { width: 15, scale: 2 })),
    ...Array.from({ length: 50 }, (_, n) => column(`le_${n}`, 'date'))
  )
  assert.doesNotThrow(() => checkRowBytes(mixed, sqlServerDialect))
})
