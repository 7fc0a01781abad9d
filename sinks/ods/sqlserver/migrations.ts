import type { Migration } from '../dialect.ts'
import { sqlServerLog } from './log-views.ts'
import { slaBreachOfAgreed, sqlServerViews, syncConfigColumnsSaying } from './views.ts'

const unlessThere = (table: string, create: string) => `IF OBJECT_ID(N'${table}', N'U') IS NULL\n${create};`
// CREATE SCHEMA must be alone in its batch.
const schema = (name: string) => `IF SCHEMA_ID(N'${name}') IS NULL EXEC (N'CREATE SCHEMA [${name}]');`

/** What the record of migrations itself needs. */
export const sqlServerBootstrap: readonly string[] = [
  schema('etl'),
  unlessThere(
    'etl.Migrations',
    `CREATE TABLE [etl].[Migrations] (
  [Number] int NOT NULL PRIMARY KEY,
  [Name] varchar(100) NOT NULL,
  [AppliedAt] datetime2(6) NOT NULL DEFAULT (SYSUTCDATETIME())
)`
  ),
  unlessThere(
    'etl.Objects',
    `CREATE TABLE [etl].[Objects] (
  [ObjectName] varchar(260) NOT NULL PRIMARY KEY,
  [ObjectId] bigint NOT NULL
)`
  )
]

/** The shape of the ODS in SQL Server. A migration that was published is never changed: a change is a new one. */
export const sqlServerMigrations: readonly Migration[] = [
  { number: 1, name: 'schemas', makes: [], batches: ['config', 'etl', 'stg', 'ods'].map(schema) },
  {
    number: 2,
    name: 'configuration',
    makes: ['config.ETL_Tables', 'config.ETL_Columns', 'etl.SourceColumns'],
    batches: [
      unlessThere(
        'config.ETL_Tables',
        `CREATE TABLE [config].[ETL_Tables] (
  [TableName] nvarchar(128) NOT NULL PRIMARY KEY,
  [DestinationTable] nvarchar(128) NOT NULL,
  [PrimaryKeyCols] nvarchar(512) NOT NULL,
  [HasTimestamps] bit NOT NULL DEFAULT (0),
  [DateModifCol] nvarchar(128) NULL,
  [DateModifPrecision] varchar(10) NULL CHECK ([DateModifPrecision] IN ('date', 'datetime')),
  [IsDimension] bit NOT NULL DEFAULT (0),
  [IsFact] bit NOT NULL DEFAULT (0),
  [LookbackInterval] varchar(10) NOT NULL DEFAULT ('0d'),
  [Priority] varchar(10) NOT NULL DEFAULT ('normal') CHECK ([Priority] IN ('critical', 'high', 'normal')),
  [SLA] int NULL,
  [KeepHistory] bit NOT NULL DEFAULT (0)
)`
      ),
      unlessThere(
        'config.ETL_Columns',
        `CREATE TABLE [config].[ETL_Columns] (
  [TableName] nvarchar(128) NOT NULL,
  [ColumnName] nvarchar(128) NOT NULL,
  [SqlName] nvarchar(128) NOT NULL,
  [SourceExpression] nvarchar(1000) NULL,
  [IsExcluded] bit NOT NULL DEFAULT (0),
  [Notes] nvarchar(1000) NULL,
  [SourceType] nvarchar(64) NULL,
  [SourceWidth] int NULL,
  [SourceScale] int NULL,
  [SourceExtent] int NOT NULL DEFAULT (0),
  [OrdinalPosition] int NOT NULL DEFAULT (0),
  [IsAtSource] bit NOT NULL DEFAULT (1),
  [SyncedAt] datetime2(6) NULL,
  PRIMARY KEY ([TableName], [ColumnName])
)`
      ),
      unlessThere(
        'etl.SourceColumns',
        `CREATE TABLE [etl].[SourceColumns] (
  [TableName] nvarchar(128) NOT NULL,
  [ColumnName] nvarchar(128) NOT NULL,
  [SqlName] nvarchar(128) NOT NULL,
  [SourceType] nvarchar(64) NULL,
  [SourceWidth] int NULL,
  [SourceScale] int NULL,
  [SourceExtent] int NOT NULL DEFAULT (0),
  [OrdinalPosition] int NOT NULL DEFAULT (0),
  PRIMARY KEY ([TableName], [ColumnName])
)`
      )
    ]
  },
  {
    number: 3,
    name: 'runs and offsets',
    makes: ['etl.ETL_Log', 'etl.Offsets'],
    batches: [
      unlessThere(
        'etl.ETL_Log',
        `CREATE TABLE [etl].[ETL_Log] (
  [RunId] varchar(64) NOT NULL,
  [TableName] nvarchar(128) NOT NULL,
  [Mode] varchar(16) NOT NULL,
  [Status] varchar(16) NOT NULL CHECK ([Status] IN ('running', 'succeeded', 'failed')),
  [StartedAt] datetime2(6) NOT NULL,
  [FinishedAt] datetime2(6) NULL,
  [ExtractMs] bigint NULL,
  [TransformMs] bigint NULL,
  [LoadMs] bigint NULL,
  [MergeMs] bigint NULL,
  [RowsRead] bigint NULL,
  [RowsInserted] bigint NULL,
  [RowsUpdated] bigint NULL,
  [RowsDeleted] bigint NULL,
  [RowsUnchanged] bigint NULL,
  [DeletesRefused] bigint NULL,
  [WindowFrom] varchar(40) NULL,
  [WindowTo] varchar(40) NULL,
  [RunVersion] bigint NULL,
  [ErrorCode] varchar(40) NULL,
  [ErrorMessage] nvarchar(2000) NULL,
  PRIMARY KEY ([TableName], [RunId])
)`
      ),
      `IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'etl.ETL_Log') AND name = N'ETL_Log_Started')
CREATE INDEX [ETL_Log_Started] ON [etl].[ETL_Log] ([StartedAt]);`,
      unlessThere(
        'etl.Offsets',
        `CREATE TABLE [etl].[Offsets] (
  [ConsumerGroup] varchar(249) NOT NULL,
  [Topic] varchar(249) NOT NULL,
  [PartitionId] int NOT NULL,
  [NextOffset] bigint NULL,
  [Epoch] bigint NOT NULL,
  [UpdatedAt] datetime2(6) NOT NULL,
  PRIMARY KEY ([ConsumerGroup], [Topic], [PartitionId])
)`
      )
    ]
  },
  {
    number: 4,
    name: 'views and procedure',
    makes: ['etl.SyncConfigColumns', 'etl.vw_LastRuns', 'etl.vw_TablePerformance', 'etl.vw_SLABreach'],
    batches: sqlServerViews
  },
  {
    number: 5,
    name: 'topics',
    makes: ['etl.Topics'],
    batches: [
      unlessThere(
        'etl.Topics',
        `CREATE TABLE [etl].[Topics] (
  [ConsumerGroup] varchar(249) NOT NULL,
  [Topic] varchar(249) NOT NULL,
  [TopicId] varchar(64) NOT NULL,
  [Generation] int NOT NULL,
  [UpdatedAt] datetime2(6) NOT NULL,
  PRIMARY KEY ([ConsumerGroup], [Topic])
)`
      )
    ]
  },
  {
    number: 6,
    name: 'what operators ask for',
    makes: [],
    replaces: ['etl.ETL_Log', 'etl.SyncConfigColumns', 'etl.vw_SLABreach'],
    batches: [
      `IF COL_LENGTH(N'etl.ETL_Log', N'LogTs') IS NULL
ALTER TABLE [etl].[ETL_Log] ADD [LogTs] AS (COALESCE([FinishedAt], [StartedAt]));`,
      'DROP PROCEDURE [etl].[SyncConfigColumns];',
      syncConfigColumnsSaying,
      'DROP VIEW [etl].[vw_SLABreach];',
      slaBreachOfAgreed
    ]
  },
  {
    number: 7,
    name: 'what was adopted',
    makes: ['etl.Adopted'],
    batches: [
      unlessThere(
        'etl.Adopted',
        `CREATE TABLE [etl].[Adopted] (
  [Number] int NOT NULL PRIMARY KEY,
  [Kind] varchar(16) NOT NULL,
  [FromSchema] nvarchar(128) NOT NULL,
  [FromName] nvarchar(128) NOT NULL,
  [ToSchema] nvarchar(128) NOT NULL,
  [ToName] nvarchar(128) NOT NULL,
  [AdoptedAt] datetime2(6) NOT NULL
)`
      )
    ]
  },
  {
    number: 8,
    name: 'how far each table is',
    makes: ['etl.Loaded'],
    batches: [
      unlessThere(
        'etl.Loaded',
        `CREATE TABLE [etl].[Loaded] (
  [TableKey] nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  [WindowTo] varchar(40) NULL,
  [RunVersion] bigint NOT NULL,
  [Shape] nvarchar(max) NULL,
  [UpdatedAt] datetime2(6) NOT NULL
)`
      ),
      `INSERT INTO [etl].[Loaded] ([TableKey], [WindowTo], [RunVersion], [UpdatedAt])
SELECT LOWER([TableName] COLLATE Latin1_General_100_BIN2), MAX([WindowTo]), MAX([RunVersion]), SYSUTCDATETIME()
FROM [etl].[ETL_Log] AS l
WHERE [Status] = 'succeeded' AND [RunVersion] = (
  SELECT MAX(s.[RunVersion]) FROM [etl].[ETL_Log] AS s WHERE s.[Status] = 'succeeded' AND LOWER(s.[TableName]) = LOWER(l.[TableName]))
GROUP BY LOWER([TableName] COLLATE Latin1_General_100_BIN2);`
    ]
  },
  {
    number: 9,
    name: 'a log of steps',
    makes: ['etl.ETL_Runs'],
    replaces: ['etl.ETL_Log', 'etl.vw_LastRuns', 'etl.vw_TablePerformance', 'etl.vw_SLABreach'],
    batches: sqlServerLog
  }
]
