import { after, before } from 'node:test'
import { readerContract } from '../../contracts/reader.contract.ts'
import { notes, numberedTable } from './numbered-table.ts'
import { SourceDatabase } from './source-database.ts'

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
})
after(() => source.drop())

const polling = {
  deletes: true,
  everyChange: 'polling sees the newest state of a row, not those before it',
  readsAhead: true
} as const

const log = { COURANT_POSTGRES_MODE: 'log' }

readerContract('following the log', () => numberedTable(source, notes, log), {
  deletes: true,
  everyChange: true,
  readsAhead: true
})
readerContract('polling by cursor', () => numberedTable(source, notes), polling)
readerContract(
  'polling without a cursor, two key columns',
  () =>
    numberedTable(source, {
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
    numberedTable(source, {
      ddl: `(name text COLLATE "en-x-icu" PRIMARY KEY, text text, updated_at timestamp DEFAULT now())`,
      columns: ['name', 'text', 'updated_at'],
      key: ['name'],
      cursor: 'updated_at',
      keySql: (n) => `(ARRAY['a', 'B', 'é', '😀', '-', 'b'])[${n} % 6 + 1] || ' ' || ${n}`,
      numberOf: (text) => Number(text.split(' ')[1])
    }),
  polling
)
