import type { Dialect } from '../dialect.ts'

/** As the catalogue writes it, letter case and all. */
const exactly = (name: string) => `"${name.replaceAll('"', '""')}"`

const kinds = { table: 'TABLE', view: 'VIEW', routine: 'ROUTINE' } as const

/** How objects are found and moved in PostgreSQL. */
export const postgresObjects = {
  objectNumber: (name) => ({
    text: 'SELECT CAST(COALESCE(CAST(to_regclass(@name) AS oid), CAST(to_regproc(@name) AS oid)) AS bigint) AS id',
    values: { name }
  }),

  // A schema of its own takes the indexes along, whose names would be in the way of Courant's.
  placeAside: ({ schema, name }, mark) => ({ schema: `${schema}_${mark}`, name }),

  moveObject: ({ schema, name, kind }, to) => [
    { text: `CREATE SCHEMA IF NOT EXISTS ${exactly(to.schema)}` },
    {
      text: `ALTER ${kinds[kind]} ${exactly(schema)}.${exactly(name)} SET SCHEMA ${exactly(to.schema)}`
    }
  ],

  allRows: ({ schema, name }) => ({ text: `SELECT * FROM ${exactly(schema)}.${exactly(name)}` })
} satisfies Partial<Dialect>
