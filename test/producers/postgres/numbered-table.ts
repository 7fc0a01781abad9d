import type { Environment } from '../../../runtime/settings.ts'
import type { ReaderCase } from '../../contracts/reader.contract.ts'
import type { SourceDatabase, TableShape } from './source-database.ts'

/** A shape whose rows have the number of the contract in their key. */
export interface NumberedShape extends TableShape {
  /** The key columns' SQL for a number, and the number of a key column's text. */
  readonly keySql: (id: string) => string
  readonly numberOf: (text: string) => number
}

/** A table of the shape, empty, as the reader contract wants it; `env` changes settings. */
export async function numberedTable(
  source: SourceDatabase,
  shape: NumberedShape,
  env: Environment = {}
): Promise<ReaderCase & { readonly name: string }> {
  const { name, spec, drop } = await source.table(shape)
  const [firstKey = ''] = shape.key
  const keyColumns = shape.key.join(', ')
  const touch = shape.cursor ? `, ${shape.cursor} = now()` : ''
  return {
    name,
    spec,
    env: source.stateEnv(env),
    async put(rows) {
      await source.client.query(
        `INSERT INTO "${name}" (${keyColumns}, text)
         SELECT ${shape.keySql('n')}, text FROM unnest($1::int[], $2::text[]) AS put (n, text)
         ON CONFLICT (${keyColumns}) DO UPDATE SET text = excluded.text ${touch}`,
        [[...rows.keys()], [...rows.values()]]
      )
    },
    async remove(ids) {
      await source.client.query(
        `DELETE FROM "${name}" WHERE (${keyColumns}) IN (SELECT ${shape.keySql('n')} FROM unnest($1::int[]) AS n)`,
        [ids]
      )
    },
    idOf: ({ before, after }) => shape.numberOf((before ?? after)?.[firstKey] ?? ''),
    textOf: (change) => change.after?.['text'] ?? null,
    async drop() {
      await source.dropSlots()
      await drop()
    }
  }
}

/** Short texts with a cursor, as most tests need them. */
export const notes: NumberedShape = {
  ddl: '(id integer PRIMARY KEY, text text, updated_at timestamptz DEFAULT now())',
  columns: ['id', 'text', 'updated_at'],
  key: ['id'],
  cursor: 'updated_at',
  keySql: (n) => n,
  numberOf: Number
}
