import { after, before } from 'node:test'
import { type ReaderCase, readerContract } from '../../contracts/reader.contract.ts'
import { notes, SourceDatabase, type TableShape } from './source-database.ts'

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
})
after(() => source.drop())

/** A shape whose rows have the number of the contract in their key. */
interface NumberedShape extends TableShape {
  /** The key columns' SQL for a number, and the number of a key column's text. */
  readonly keySql: (id: string) => string
  readonly numberOf: (text: string) => number
}

async function start(shape: NumberedShape): Promise<ReaderCase> {
  const { name, spec, drop } = await source.table(shape)
  const [firstKey = ''] = shape.key
  const keyColumns = shape.key.join(', ')
  const touch = shape.cursor ? `, ${shape.cursor} = now()` : ''
  return {
    spec,
    env: source.stateEnv(),
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
    drop: async () => void (await drop())
  }
}

const polling = {
  deletes: true,
  everyChange: 'polling sees the newest state of a row, not those before it',
  readsAhead: true
} as const

const numbered = { keySql: (n: string) => n, numberOf: Number }

readerContract('polling by cursor', () => start({ ...notes, ...numbered }), polling)
readerContract(
  'polling without a cursor, two key columns',
  () =>
    start({
      ddl: '(uid uuid, rank bigint, text text, PRIMARY KEY (uid, rank))',
      columns: ['uid', 'rank', 'text'],
      key: ['uid', 'rank'],
      cursor: null,
      keySql: (n) => `lpad(${n}::text, 32, '0')::uuid, ${n} % 7 - 3`,
      numberOf: (text) => Number(text.replaceAll('-', ''))
    }),
  polling
)
readerContract(
  'polling by a text key in a linguistic collation',
  () =>
    start({
      ddl: `(name text COLLATE "en-x-icu" PRIMARY KEY, text text, updated_at timestamp DEFAULT now())`,
      columns: ['name', 'text', 'updated_at'],
      key: ['name'],
      cursor: 'updated_at',
      keySql: (n) => `(ARRAY['a', 'B', 'é', '😀', '-', 'b'])[${n} % 6 + 1] || ' ' || ${n}`,
      numberOf: (text) => Number(text.split(' ')[1])
    }),
  polling
)
