import type { Dialect } from '../dialect.ts'
import { sqlServerGrants } from './grants.ts'
import { sqlServerMerge, withoutMerge } from './merge.ts'
import { sqlServerBootstrap, sqlServerMigrations } from './migrations.ts'
import { sqlServerObjects } from './objects.ts'
import { rowBytes } from './row-width.ts'
import { sqlServerTables } from './tables.ts'
import { bracketed } from './types.ts'

/** SQL Server 2016 and newer: DROP … IF EXISTS, and no CREATE OR ALTER. */
export const sqlServerDialect: Dialect = {
  name: 'sqlserver',
  limits: { name: 'SQL Server', columns: 1024, nameBytes: 128 },
  ownTable: (schema, table) => `${bracketed(schema)}.${bracketed(table)}`,
  grants: sqlServerGrants,
  rowBytes,
  readersWait: {
    text: 'SELECT is_read_committed_snapshot_on AS isversioned FROM sys.databases WHERE database_id = DB_ID();'
  },
  bootstrap: sqlServerBootstrap,
  migrations: sqlServerMigrations,
  syncConfigColumns: { text: 'EXEC [etl].[SyncConfigColumns];' },
  ...sqlServerObjects,
  ...sqlServerTables,
  ...sqlServerMerge
}

/** For servers that speak TDS and have no MERGE. */
export const dialectWithoutMerge: Dialect = { ...sqlServerDialect, ...withoutMerge }
