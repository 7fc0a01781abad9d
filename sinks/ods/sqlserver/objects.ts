import type { Dialect } from '../dialect.ts'
import { bracketed } from './types.ts'

const literal = (text: string) => `N'${text.replaceAll("'", "''")}'`

/** How objects are found and renamed in SQL Server. */
export const sqlServerObjects = {
  objectNumber: (name) => ({ text: 'SELECT OBJECT_ID(@name) AS id;', values: { name } }),

  // Renamed where it is: moved to another schema, it would lose the rights that were granted on it.
  placeAside: ({ schema, name }, mark) => ({ schema, name: `${name}_${mark}` }),

  moveObject: ({ schema, name }, to) => [
    { text: `EXEC sp_rename ${literal(`${bracketed(schema)}.${bracketed(name)}`)}, ${literal(to.name)};` }
  ],

  allRows: ({ schema, name }) => ({ text: `SELECT * FROM ${bracketed(schema)}.${bracketed(name)};` })
} satisfies Partial<Dialect>
