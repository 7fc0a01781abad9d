import type { OdsTable } from '../../../sinks/ods/ods-table.ts'
import type { Dialect } from '../../../sinks/ods/dialect.ts'
import { column } from './sample-runs.ts'

const narrow: OdsTable = {
  name: 'fournis',
  columns: [column('num', 'integer'), column('nom', 'text', { width: 40 })],
  key: ['num'],
  keepHistory: false
}

const everyType = [
  column('code', 'text', { width: 20 }),
  column('prix', 'decimal', { width: 15, scale: 4 }),
  column('stock', 'bigint'),
  column('taux', 'double'),
  column('actif', 'bit'),
  column('cree_le', 'date'),
  column('a_heure', 'time'),
  column('modifie', 'timestamp'),
  column('vu', 'timestamptz'),
  column('image', 'binary'),
  column('texte', 'text')
]

/** As wide as the tables of the ERP are, of every type, with names that need brackets. */
const wide: OdsTable = {
  name: 'produit',
  columns: [
    ...everyType,
    column('order', 'integer'),
    ...Array.from({ length: 300 }, (_, n) => column(`zone__${n + 1}`, 'text', { width: 8 }))
  ],
  key: ['code'],
  keepHistory: false
}

const multiKey: OdsTable = {
  name: 'hisprixa',
  columns: [
    column('produit', 'text', { width: 20 }),
    column('depuis', 'date'),
    column('prix', 'decimal', { width: 12, scale: 2 })
  ],
  key: ['produit', 'depuis'],
  keepHistory: true
}

/** A narrow, a wide and a multi-key table; the last one with history. */
export const goldenTables: Readonly<Record<string, OdsTable>> = { narrow, wide, multiKey }

const run = {
  runId: 'run-1',
  version: 1_790_000_000_000_000,
  replacesBelow: 1_790_000_000_000_000,
  topic: 'erp.t.changes',
  partition: 0
}

/** Every batch that a dialect sends for a table, in the order of a life: made, loaded, merged, changed. */
export function batchesOf(dialect: Dialect, table: OdsTable): string[] {
  const [first] = table.columns
  if (!first) throw new Error('a table has columns')
  return [
    dialect.existingColumns('ods', table.name),
    dialect.createTable(table),
    dialect.existingIndexes(table.name),
    ...dialect.indexes(table).map(({ create }) => create),
    dialect.dropIndex(table.name, `${table.name}_key`),
    dialect.addColumns(table, [first]),
    ...table.columns
      .slice(0, 1)
      .flatMap((one) => dialect.widen(table, one, { name: one.sqlName, type: 'nvarchar(10)' }) ?? []),
    ...dialect.createStage(table),
    dialect.lock(table.name),
    dialect.truncateStage(table.name),
    ...dialect.deduplicate(table.name),
    ...dialect.upsert(table, run),
    ...(table.keepHistory || table.columns.length > 50
      ? []
      : dialect.upsert({ ...table, hasVersions: true }, run)),
    dialect.countMissing(table, run),
    ...dialect.markDeleted(table, run, true),
    ...dialect.markDeleted(table, run, false)
  ].map(({ text }) => text)
}
