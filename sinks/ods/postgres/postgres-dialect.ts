import type { Dialect } from '../dialect.ts'
import { postgresMerge } from './merge.ts'
import { postgresBootstrap, postgresMigrations } from './migrations.ts'
import { postgresTables } from './tables.ts'

/** PostgreSQL 15 and newer. */
export const postgresDialect: Dialect = {
  name: 'postgres',
  bootstrap: postgresBootstrap,
  migrations: postgresMigrations,
  syncConfigColumns: { text: 'CALL etl.SyncConfigColumns()' },
  ...postgresTables,
  ...postgresMerge
}
