import type { Dialect } from '../dialect.ts'
import { sqlServerMerge } from './merge.ts'
import { sqlServerBootstrap, sqlServerMigrations } from './migrations.ts'
import { sqlServerTables } from './tables.ts'

/** SQL Server 2016 and newer: DROP … IF EXISTS, and no CREATE OR ALTER. */
export const sqlServerDialect: Dialect = {
  name: 'sqlserver',
  bootstrap: sqlServerBootstrap,
  migrations: sqlServerMigrations,
  syncConfigColumns: { text: 'EXEC [etl].[SyncConfigColumns];' },
  ...sqlServerTables,
  ...sqlServerMerge
}
