import type { Migration } from '../dialect.ts'
import { postgresLog } from './log-views.ts'
import { postgresViews, slaBreachOfAgreed, syncConfigColumnsSaying } from './views.ts'

export const postgresBootstrap: readonly string[] = [
  'CREATE SCHEMA IF NOT EXISTS etl',
  `CREATE TABLE IF NOT EXISTS etl.Migrations (
  Number integer PRIMARY KEY,
  Name varchar(100) NOT NULL,
  AppliedAt timestamp(6) NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')
)`,
  `CREATE TABLE IF NOT EXISTS etl.Objects (
  ObjectName varchar(260) PRIMARY KEY,
  ObjectId bigint NOT NULL
)`
]

/**
 * The shape of the ODS in PostgreSQL. A migration that was published is never changed: a change is a new one. Names are
 * written without quotes, so that the same statements work here and in SQL Server.
 */
export const postgresMigrations: readonly Migration[] = [
  {
    number: 1,
    name: 'schemas',
    makes: [],
    batches: ['config', 'etl', 'stg', 'ods'].map((schema) => `CREATE SCHEMA IF NOT EXISTS ${schema}`)
  },
  {
    number: 2,
    name: 'configuration',
    makes: ['config.ETL_Tables', 'config.ETL_Columns', 'etl.SourceColumns'],
    batches: [
      `CREATE TABLE IF NOT EXISTS config.ETL_Tables (
  TableName varchar(128) PRIMARY KEY,
  DestinationTable varchar(128) NOT NULL,
  PrimaryKeyCols varchar(512) NOT NULL,
  HasTimestamps smallint NOT NULL DEFAULT 0 CHECK (HasTimestamps IN (0, 1)),
  DateModifCol varchar(128),
  DateModifPrecision varchar(10) CHECK (DateModifPrecision IN ('date', 'datetime')),
  IsDimension smallint NOT NULL DEFAULT 0 CHECK (IsDimension IN (0, 1)),
  IsFact smallint NOT NULL DEFAULT 0 CHECK (IsFact IN (0, 1)),
  LookbackInterval varchar(10) NOT NULL DEFAULT '0d',
  Priority varchar(10) NOT NULL DEFAULT 'normal' CHECK (Priority IN ('critical', 'high', 'normal')),
  SLA integer,
  KeepHistory smallint NOT NULL DEFAULT 0 CHECK (KeepHistory IN (0, 1))
)`,
      `COMMENT ON COLUMN config.ETL_Tables.SLA IS 'Minutes that may pass between two successful loads; NULL when none was agreed'`,
      `CREATE TABLE IF NOT EXISTS config.ETL_Columns (
  TableName varchar(128) NOT NULL,
  ColumnName varchar(128) NOT NULL,
  SqlName varchar(128) NOT NULL,
  SourceExpression varchar(1000),
  IsExcluded smallint NOT NULL DEFAULT 0 CHECK (IsExcluded IN (0, 1)),
  Notes varchar(1000),
  SourceType varchar(64),
  SourceWidth integer,
  SourceScale integer,
  SourceExtent integer NOT NULL DEFAULT 0,
  OrdinalPosition integer NOT NULL DEFAULT 0,
  IsAtSource smallint NOT NULL DEFAULT 1 CHECK (IsAtSource IN (0, 1)),
  SyncedAt timestamp(6),
  PRIMARY KEY (TableName, ColumnName)
)`,
      `CREATE TABLE IF NOT EXISTS etl.SourceColumns (
  TableName varchar(128) NOT NULL,
  ColumnName varchar(128) NOT NULL,
  SqlName varchar(128) NOT NULL,
  SourceType varchar(64),
  SourceWidth integer,
  SourceScale integer,
  SourceExtent integer NOT NULL DEFAULT 0,
  OrdinalPosition integer NOT NULL DEFAULT 0,
  PRIMARY KEY (TableName, ColumnName)
)`
    ]
  },
  {
    number: 3,
    name: 'runs and offsets',
    makes: ['etl.ETL_Log', 'etl.Offsets'],
    batches: [
      `CREATE TABLE IF NOT EXISTS etl.ETL_Log (
  RunId varchar(64) NOT NULL,
  TableName varchar(128) NOT NULL,
  Mode varchar(16) NOT NULL,
  Status varchar(16) NOT NULL CHECK (Status IN ('running', 'succeeded', 'failed')),
  StartedAt timestamp(6) NOT NULL,
  FinishedAt timestamp(6),
  ExtractMs bigint,
  TransformMs bigint,
  LoadMs bigint,
  MergeMs bigint,
  RowsRead bigint,
  RowsInserted bigint,
  RowsUpdated bigint,
  RowsDeleted bigint,
  RowsUnchanged bigint,
  DeletesRefused bigint,
  WindowFrom varchar(40),
  WindowTo varchar(40),
  RunVersion bigint,
  ErrorCode varchar(40),
  ErrorMessage varchar(2000),
  PRIMARY KEY (TableName, RunId)
)`,
      `CREATE INDEX IF NOT EXISTS etl_log_started ON etl.ETL_Log (StartedAt)`,
      `CREATE TABLE IF NOT EXISTS etl.Offsets (
  ConsumerGroup varchar(249) NOT NULL,
  Topic varchar(249) NOT NULL,
  PartitionId integer NOT NULL,
  NextOffset bigint,
  Epoch bigint NOT NULL,
  UpdatedAt timestamp(6) NOT NULL,
  PRIMARY KEY (ConsumerGroup, Topic, PartitionId)
)`
    ]
  },
  {
    number: 4,
    name: 'views and procedure',
    makes: ['etl.SyncConfigColumns', 'etl.vw_LastRuns', 'etl.vw_TablePerformance', 'etl.vw_SLABreach'],
    batches: postgresViews
  },
  {
    number: 5,
    name: 'topics',
    makes: ['etl.Topics'],
    batches: [
      `CREATE TABLE IF NOT EXISTS etl.Topics (
  ConsumerGroup varchar(249) NOT NULL,
  Topic varchar(249) NOT NULL,
  TopicId varchar(64) NOT NULL,
  Generation integer NOT NULL,
  UpdatedAt timestamp(6) NOT NULL,
  PRIMARY KEY (ConsumerGroup, Topic)
)`
    ]
  },
  {
    number: 6,
    name: 'what operators ask for',
    makes: [],
    replaces: ['etl.ETL_Log', 'etl.SyncConfigColumns', 'etl.vw_SLABreach'],
    batches: [
      `ALTER TABLE etl.ETL_Log ADD COLUMN IF NOT EXISTS LogTs timestamp(6) GENERATED ALWAYS AS (COALESCE(FinishedAt, StartedAt)) STORED`,
      `COMMENT ON TABLE etl.ETL_Log IS 'Every run of every table. StartedAt, FinishedAt and LogTs are UTC; WindowFrom and WindowTo are the clock of the source'`,
      'DROP PROCEDURE etl.SyncConfigColumns',
      syncConfigColumnsSaying,
      'DROP VIEW etl.vw_SLABreach',
      slaBreachOfAgreed
    ]
  },
  {
    number: 7,
    name: 'what was adopted',
    makes: ['etl.Adopted'],
    batches: [
      `CREATE TABLE IF NOT EXISTS etl.Adopted (
  Number integer PRIMARY KEY,
  Kind varchar(16) NOT NULL,
  FromSchema varchar(128) NOT NULL,
  FromName varchar(128) NOT NULL,
  ToSchema varchar(128) NOT NULL,
  ToName varchar(128) NOT NULL,
  AdoptedAt timestamp(6) NOT NULL
)`
    ]
  },
  {
    number: 8,
    name: 'how far each table is',
    makes: ['etl.Loaded'],
    batches: [
      `CREATE TABLE IF NOT EXISTS etl.Loaded (
  TableKey varchar(128) PRIMARY KEY,
  WindowTo varchar(40),
  RunVersion bigint NOT NULL,
  Shape text,
  UpdatedAt timestamp(6) NOT NULL
)`,
      `INSERT INTO etl.Loaded (TableKey, WindowTo, RunVersion, UpdatedAt)
SELECT LOWER(TableName), MAX(WindowTo), MAX(RunVersion), now() AT TIME ZONE 'UTC'
FROM etl.ETL_Log AS l
WHERE Status = 'succeeded' AND RunVersion = (
  SELECT MAX(s.RunVersion) FROM etl.ETL_Log AS s WHERE s.Status = 'succeeded' AND LOWER(s.TableName) = LOWER(l.TableName))
GROUP BY LOWER(TableName)`
    ]
  },
  {
    number: 9,
    name: 'a log of steps',
    makes: ['etl.ETL_Runs'],
    replaces: ['etl.ETL_Log', 'etl.vw_LastRuns', 'etl.vw_TablePerformance', 'etl.vw_SLABreach'],
    batches: postgresLog
  }
]
