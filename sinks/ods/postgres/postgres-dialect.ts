import type { Dialect } from '../dialect.ts'
import { postgresGrants } from './grants.ts'
import { postgresMerge } from './merge.ts'
import { postgresBootstrap, postgresMigrations } from './migrations.ts'
import { postgresObjects } from './objects.ts'
import { postgresTables } from './tables.ts'

/** PostgreSQL 15 and newer. */
export const postgresDialect: Dialect = {
  name: 'postgres',
  limits: { name: 'PostgreSQL', columns: 1600, nameBytes: 63 },
  // Without quotes, as the migrations made them: PostgreSQL folds both to lower case.
  ownTable: (schema, table) => `${schema}.${table}`,
  grants: postgresGrants,
  // A row of 1,600 columns may be too large for a page; the columns of an ERP's tables are by far fewer.
  rowBytes: null,
  readersWait: null,
  bootstrap: postgresBootstrap,
  migrations: postgresMigrations,
  syncConfigColumns: { text: 'CALL etl.SyncConfigColumns()' },
  ...postgresObjects,
  ...postgresTables,
  ...postgresMerge
}
