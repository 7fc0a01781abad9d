IF SCHEMA_ID(N'etl') IS NULL EXEC (N'CREATE SCHEMA [etl]');
GO
IF OBJECT_ID(N'etl.Migrations', N'U') IS NULL
CREATE TABLE [etl].[Migrations] (
  [Number] int NOT NULL PRIMARY KEY,
  [Name] varchar(100) NOT NULL,
  [AppliedAt] datetime2(6) NOT NULL DEFAULT (SYSUTCDATETIME())
);
GO
IF OBJECT_ID(N'etl.Objects', N'U') IS NULL
CREATE TABLE [etl].[Objects] (
  [ObjectName] varchar(260) NOT NULL PRIMARY KEY,
  [ObjectId] bigint NOT NULL
);
GO
IF SCHEMA_ID(N'config') IS NULL EXEC (N'CREATE SCHEMA [config]');
GO
IF SCHEMA_ID(N'etl') IS NULL EXEC (N'CREATE SCHEMA [etl]');
GO
IF SCHEMA_ID(N'stg') IS NULL EXEC (N'CREATE SCHEMA [stg]');
GO
IF SCHEMA_ID(N'ods') IS NULL EXEC (N'CREATE SCHEMA [ods]');
GO
IF OBJECT_ID(N'config.ETL_Tables', N'U') IS NULL
CREATE TABLE [config].[ETL_Tables] (
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
);
GO
IF OBJECT_ID(N'config.ETL_Columns', N'U') IS NULL
CREATE TABLE [config].[ETL_Columns] (
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
);
GO
IF OBJECT_ID(N'etl.SourceColumns', N'U') IS NULL
CREATE TABLE [etl].[SourceColumns] (
  [TableName] nvarchar(128) NOT NULL,
  [ColumnName] nvarchar(128) NOT NULL,
  [SqlName] nvarchar(128) NOT NULL,
  [SourceType] nvarchar(64) NULL,
  [SourceWidth] int NULL,
  [SourceScale] int NULL,
  [SourceExtent] int NOT NULL DEFAULT (0),
  [OrdinalPosition] int NOT NULL DEFAULT (0),
  PRIMARY KEY ([TableName], [ColumnName])
);
GO
IF OBJECT_ID(N'etl.ETL_Log', N'U') IS NULL
CREATE TABLE [etl].[ETL_Log] (
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
);
GO
IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE object_id = OBJECT_ID(N'etl.ETL_Log') AND name = N'ETL_Log_Started')
CREATE INDEX [ETL_Log_Started] ON [etl].[ETL_Log] ([StartedAt]);
GO
IF OBJECT_ID(N'etl.Offsets', N'U') IS NULL
CREATE TABLE [etl].[Offsets] (
  [ConsumerGroup] varchar(249) NOT NULL,
  [Topic] varchar(249) NOT NULL,
  [PartitionId] int NOT NULL,
  [NextOffset] bigint NULL,
  [Epoch] bigint NOT NULL,
  [UpdatedAt] datetime2(6) NOT NULL,
  PRIMARY KEY ([ConsumerGroup], [Topic], [PartitionId])
);
GO
DROP PROCEDURE IF EXISTS [etl].[SyncConfigColumns];
GO
CREATE PROCEDURE [etl].[SyncConfigColumns]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;
  BEGIN TRANSACTION;
  UPDATE c SET
    [SourceType] = s.[SourceType],
    [SourceWidth] = s.[SourceWidth],
    [SourceScale] = s.[SourceScale],
    [SourceExtent] = s.[SourceExtent],
    [OrdinalPosition] = s.[OrdinalPosition],
    [IsAtSource] = 1,
    [SyncedAt] = SYSUTCDATETIME()
  FROM [config].[ETL_Columns] AS c
  INNER JOIN [etl].[SourceColumns] AS s ON c.[TableName] = s.[TableName] AND c.[ColumnName] = s.[ColumnName];
  INSERT INTO [config].[ETL_Columns]
    ([TableName], [ColumnName], [SqlName], [SourceType], [SourceWidth], [SourceScale], [SourceExtent], [OrdinalPosition], [IsAtSource], [SyncedAt])
  SELECT s.[TableName], s.[ColumnName], s.[SqlName], s.[SourceType], s.[SourceWidth], s.[SourceScale], s.[SourceExtent], s.[OrdinalPosition], 1, SYSUTCDATETIME()
  FROM [etl].[SourceColumns] AS s
  WHERE NOT EXISTS (
    SELECT 1 FROM [config].[ETL_Columns] AS c WHERE c.[TableName] = s.[TableName] AND c.[ColumnName] = s.[ColumnName]);
  UPDATE c SET [IsAtSource] = 0, [SyncedAt] = SYSUTCDATETIME()
  FROM [config].[ETL_Columns] AS c
  WHERE c.[IsAtSource] = 1
  AND EXISTS (SELECT 1 FROM [etl].[SourceColumns] AS o WHERE o.[TableName] = c.[TableName])
  AND NOT EXISTS (
    SELECT 1 FROM [etl].[SourceColumns] AS s WHERE s.[TableName] = c.[TableName] AND s.[ColumnName] = c.[ColumnName]);
  COMMIT TRANSACTION;
END;
GO
DROP VIEW IF EXISTS [etl].[vw_LastRuns];
GO
CREATE VIEW [etl].[vw_LastRuns] AS
SELECT [TableName], [RunId], [Mode], [Status], [StartedAt], [FinishedAt],
  CAST(DATEDIFF_BIG(millisecond, [StartedAt], [FinishedAt]) / 1000.0 AS decimal(18, 3)) AS [DurationSeconds],
  [RowsRead], [RowsInserted], [RowsUpdated], [RowsDeleted], [RowsUnchanged], [DeletesRefused], [ErrorCode], [ErrorMessage]
FROM (
  SELECT l.*, ROW_NUMBER() OVER (PARTITION BY l.[TableName] ORDER BY l.[StartedAt] DESC, l.[RunId] DESC) AS [Nth]
  FROM [etl].[ETL_Log] AS l
) AS numbered
WHERE [Nth] = 1;
GO
DROP VIEW IF EXISTS [etl].[vw_TablePerformance];
GO
CREATE VIEW [etl].[vw_TablePerformance] AS
SELECT [TableName],
  COUNT(*) AS [Runs],
  SUM(CASE WHEN [Status] = 'succeeded' THEN 1 ELSE 0 END) AS [Succeeded],
  SUM(CASE WHEN [Status] = 'failed' THEN 1 ELSE 0 END) AS [Failed],
  SUM([RowsRead]) AS [RowsRead],
  CAST(AVG(DATEDIFF_BIG(millisecond, [StartedAt], [FinishedAt]) / 1000.0) AS decimal(18, 3)) AS [AverageSeconds],
  CAST(MAX(DATEDIFF_BIG(millisecond, [StartedAt], [FinishedAt]) / 1000.0) AS decimal(18, 3)) AS [LongestSeconds],
  CAST(SUM([RowsRead]) / NULLIF(SUM(DATEDIFF_BIG(millisecond, [StartedAt], [FinishedAt]) / 1000.0), 0) AS decimal(18, 1)) AS [RowsPerSecond],
  AVG([ExtractMs]) AS [AverageExtractMs],
  AVG([TransformMs]) AS [AverageTransformMs],
  AVG([LoadMs]) AS [AverageLoadMs],
  AVG([MergeMs]) AS [AverageMergeMs]
FROM [etl].[ETL_Log]
WHERE [StartedAt] >= DATEADD(day, -7, SYSUTCDATETIME())
GROUP BY [TableName];
GO
DROP VIEW IF EXISTS [etl].[vw_SLABreach];
GO
CREATE VIEW [etl].[vw_SLABreach] AS
SELECT [TableName], [Priority], [SLA], [LastSuccessAt], [MinutesSince],
  CASE
    WHEN [SLA] IS NULL THEN 'NO SLA'
    WHEN [LastSuccessAt] IS NULL THEN 'NEVER LOADED'
    WHEN [MinutesSince] > [SLA] THEN 'BREACH'
    ELSE 'OK'
  END AS [SLAStatus]
FROM (
  SELECT t.[TableName], t.[Priority], t.[SLA], s.[LastSuccessAt],
    DATEDIFF(minute, s.[LastSuccessAt], SYSUTCDATETIME()) AS [MinutesSince]
  FROM [config].[ETL_Tables] AS t
  LEFT JOIN (
    SELECT [TableName], MAX([FinishedAt]) AS [LastSuccessAt]
    FROM [etl].[ETL_Log]
    WHERE [Status] = 'succeeded'
    GROUP BY [TableName]
  ) AS s ON s.[TableName] = t.[TableName]
) AS timed;
GO
IF OBJECT_ID(N'etl.Topics', N'U') IS NULL
CREATE TABLE [etl].[Topics] (
  [ConsumerGroup] varchar(249) NOT NULL,
  [Topic] varchar(249) NOT NULL,
  [TopicId] varchar(64) NOT NULL,
  [Generation] int NOT NULL,
  [UpdatedAt] datetime2(6) NOT NULL,
  PRIMARY KEY ([ConsumerGroup], [Topic])
);
GO
IF COL_LENGTH(N'etl.ETL_Log', N'LogTs') IS NULL
ALTER TABLE [etl].[ETL_Log] ADD [LogTs] AS (COALESCE([FinishedAt], [StartedAt]));
GO
DROP PROCEDURE [etl].[SyncConfigColumns];
GO
CREATE PROCEDURE [etl].[SyncConfigColumns]
AS
BEGIN
  SET NOCOUNT ON;
  SET XACT_ABORT ON;
  IF NOT EXISTS (SELECT 1 FROM [etl].[SourceColumns])
  BEGIN
    PRINT N'Nothing to do: etl.SourceColumns is empty. Insert the row of the table into config.ETL_Tables, then run: courant etl sync';
    RETURN;
  END;
  BEGIN TRANSACTION;
  UPDATE c SET
    [SourceType] = s.[SourceType],
    [SourceWidth] = s.[SourceWidth],
    [SourceScale] = s.[SourceScale],
    [SourceExtent] = s.[SourceExtent],
    [OrdinalPosition] = s.[OrdinalPosition],
    [IsAtSource] = 1,
    [SyncedAt] = SYSUTCDATETIME()
  FROM [config].[ETL_Columns] AS c
  INNER JOIN [etl].[SourceColumns] AS s ON c.[TableName] = s.[TableName] AND c.[ColumnName] = s.[ColumnName];
  INSERT INTO [config].[ETL_Columns]
    ([TableName], [ColumnName], [SqlName], [SourceExpression], [SourceType], [SourceWidth], [SourceScale], [SourceExtent], [OrdinalPosition], [IsAtSource], [SyncedAt])
  SELECT s.[TableName], s.[ColumnName], s.[SqlName], CONCAT(N'"', REPLACE(s.[ColumnName], N'"', N'""'), N'" AS ', s.[SqlName]), s.[SourceType], s.[SourceWidth], s.[SourceScale], s.[SourceExtent], s.[OrdinalPosition], 1, SYSUTCDATETIME()
  FROM [etl].[SourceColumns] AS s
  WHERE NOT EXISTS (
    SELECT 1 FROM [config].[ETL_Columns] AS c WHERE c.[TableName] = s.[TableName] AND c.[ColumnName] = s.[ColumnName]);
  UPDATE c SET [IsAtSource] = 0, [SyncedAt] = SYSUTCDATETIME()
  FROM [config].[ETL_Columns] AS c
  WHERE c.[IsAtSource] = 1
  AND EXISTS (SELECT 1 FROM [etl].[SourceColumns] AS o WHERE o.[TableName] = c.[TableName])
  AND NOT EXISTS (
    SELECT 1 FROM [etl].[SourceColumns] AS s WHERE s.[TableName] = c.[TableName] AND s.[ColumnName] = c.[ColumnName]);
  COMMIT TRANSACTION;
  PRINT N'Took the columns in etl.SourceColumns, which the last courant etl sync brought; it brings those of every table in config.ETL_Tables';
END;
GO
DROP VIEW [etl].[vw_SLABreach];
GO
CREATE VIEW [etl].[vw_SLABreach] AS
SELECT [TableName], [Priority], [SLA], [LastSuccessAt], [MinutesSince],
  CASE
    WHEN [SLA] IS NULL THEN 'OK'
    WHEN [LastSuccessAt] IS NULL THEN 'NEVER LOADED'
    WHEN [MinutesSince] > [SLA] THEN 'BREACH'
    ELSE 'OK'
  END AS [SLAStatus]
FROM (
  SELECT t.[TableName], t.[Priority], t.[SLA], s.[LastSuccessAt],
    DATEDIFF(minute, s.[LastSuccessAt], SYSUTCDATETIME()) AS [MinutesSince]
  FROM [config].[ETL_Tables] AS t
  LEFT JOIN (
    SELECT [TableName], MAX([FinishedAt]) AS [LastSuccessAt]
    FROM [etl].[ETL_Log]
    WHERE [Status] = 'succeeded'
    GROUP BY [TableName]
  ) AS s ON s.[TableName] = t.[TableName]
) AS timed;
GO
IF OBJECT_ID(N'etl.Adopted', N'U') IS NULL
CREATE TABLE [etl].[Adopted] (
  [Number] int NOT NULL PRIMARY KEY,
  [Kind] varchar(16) NOT NULL,
  [FromSchema] nvarchar(128) NOT NULL,
  [FromName] nvarchar(128) NOT NULL,
  [ToSchema] nvarchar(128) NOT NULL,
  [ToName] nvarchar(128) NOT NULL,
  [AdoptedAt] datetime2(6) NOT NULL
);
GO
IF OBJECT_ID(N'etl.Loaded', N'U') IS NULL
CREATE TABLE [etl].[Loaded] (
  [TableKey] nvarchar(128) COLLATE Latin1_General_100_BIN2 NOT NULL PRIMARY KEY,
  [WindowTo] varchar(40) NULL,
  [RunVersion] bigint NOT NULL,
  [Shape] nvarchar(max) NULL,
  [UpdatedAt] datetime2(6) NOT NULL
);
GO
INSERT INTO [etl].[Loaded] ([TableKey], [WindowTo], [RunVersion], [UpdatedAt])
SELECT LOWER([TableName] COLLATE Latin1_General_100_BIN2), MAX([WindowTo]), MAX([RunVersion]), SYSUTCDATETIME()
FROM [etl].[ETL_Log] AS l
WHERE [Status] = 'succeeded' AND [RunVersion] = (
  SELECT MAX(s.[RunVersion]) FROM [etl].[ETL_Log] AS s WHERE s.[Status] = 'succeeded' AND LOWER(s.[TableName]) = LOWER(l.[TableName]))
GROUP BY LOWER([TableName] COLLATE Latin1_General_100_BIN2);
GO
EXEC sp_rename N'etl.ETL_Log', N'ETL_Runs';
GO
ALTER TABLE [etl].[ETL_Runs] ADD [FailedStep] varchar(16) NULL;
GO
ALTER TABLE [etl].[ETL_Runs] ADD [TableKey] AS (LOWER([TableName] COLLATE Latin1_General_100_BIN2)) PERSISTED;
GO
CREATE INDEX [ETL_Runs_Table] ON [etl].[ETL_Runs] ([TableKey], [StartedAt], [Status]);
GO
CREATE INDEX [ETL_Runs_Status] ON [etl].[ETL_Runs] ([Status], [FinishedAt]);
GO
CREATE INDEX [ETL_Runs_Run] ON [etl].[ETL_Runs] ([RunId]);
GO
CREATE VIEW [etl].[ETL_Log] AS
SELECT s.[LogTs], r.[RunId], r.[TableName], r.[Mode], s.[StepNo], s.[Step], 'succeeded' AS [Status], s.[DurationMs],
  CASE s.[StepNo] WHEN 1 THEN r.[RowsRead] END AS [RowsRead],
  CASE s.[StepNo] WHEN 4 THEN r.[RowsInserted] END AS [RowsInserted],
  CASE s.[StepNo] WHEN 4 THEN r.[RowsUpdated] END AS [RowsUpdated],
  CASE s.[StepNo] WHEN 4 THEN r.[RowsDeleted] END AS [RowsDeleted],
  CASE s.[StepNo] WHEN 4 THEN r.[RowsUnchanged] END AS [RowsUnchanged],
  CASE s.[StepNo] WHEN 4 THEN r.[DeletesRefused] END AS [DeletesRefused],
  r.[WindowFrom], r.[WindowTo], r.[StartedAt], r.[FinishedAt], CAST(NULL AS varchar(40)) AS [ErrorCode], CAST(NULL AS nvarchar(2000)) AS [ErrorMessage]
FROM [etl].[ETL_Runs] AS r
CROSS APPLY (VALUES
    (1, 'extract', r.[ExtractMs], DATEADD(microsecond, -3, CASE
      WHEN DATEADD(millisecond, r.[ExtractMs], r.[StartedAt]) < DATEADD(millisecond, -COALESCE(r.[LoadMs], 0) - COALESCE(r.[MergeMs], 0), r.[FinishedAt])
      THEN DATEADD(millisecond, r.[ExtractMs], r.[StartedAt])
      ELSE DATEADD(millisecond, -COALESCE(r.[LoadMs], 0) - COALESCE(r.[MergeMs], 0), r.[FinishedAt]) END)),
    (2, 'transform', r.[TransformMs], DATEADD(microsecond, -2, DATEADD(millisecond, -COALESCE(r.[LoadMs], 0) - COALESCE(r.[MergeMs], 0), r.[FinishedAt]))),
    (3, 'load', r.[LoadMs], DATEADD(microsecond, -1, DATEADD(millisecond, -COALESCE(r.[MergeMs], 0), r.[FinishedAt]))),
    (4, 'merge', r.[MergeMs], r.[FinishedAt])) AS s ([StepNo], [Step], [DurationMs], [LogTs])
WHERE r.[Status] <> 'running' AND s.[DurationMs] IS NOT NULL AND (r.[Status] = 'succeeded' OR s.[StepNo] < CASE r.[FailedStep] WHEN 'extract' THEN 1 WHEN 'transform' THEN 2 WHEN 'load' THEN 3 WHEN 'merge' THEN 4 ELSE 0 END)
UNION ALL
SELECT r.[FinishedAt], r.[RunId], r.[TableName], r.[Mode], CASE r.[FailedStep] WHEN 'extract' THEN 1 WHEN 'transform' THEN 2 WHEN 'load' THEN 3 WHEN 'merge' THEN 4 ELSE 0 END, COALESCE(r.[FailedStep], 'run'), 'failed', NULL,
  r.[RowsRead], NULL, NULL, NULL, NULL, NULL, r.[WindowFrom], r.[WindowTo], r.[StartedAt], r.[FinishedAt], r.[ErrorCode], r.[ErrorMessage]
FROM [etl].[ETL_Runs] AS r
WHERE r.[Status] = 'failed'
UNION ALL
SELECT r.[StartedAt], r.[RunId], r.[TableName], r.[Mode], 1, 'extract', 'running', NULL,
  NULL, NULL, NULL, NULL, NULL, NULL, r.[WindowFrom], r.[WindowTo], r.[StartedAt], NULL, NULL, NULL
FROM [etl].[ETL_Runs] AS r
WHERE r.[Status] = 'running';
GO
DROP VIEW [etl].[vw_LastRuns];
GO
CREATE VIEW [etl].[vw_LastRuns] AS
SELECT [TableName], [RunId], [Mode], [Status], [StartedAt], [FinishedAt],
  CAST(DATEDIFF_BIG(millisecond, [StartedAt], [FinishedAt]) / 1000.0 AS decimal(18, 3)) AS [DurationSeconds],
  [RowsRead], [RowsInserted], [RowsUpdated], [RowsDeleted], [RowsUnchanged], [DeletesRefused], [ErrorCode], [ErrorMessage]
FROM (
  SELECT l.*, ROW_NUMBER() OVER (PARTITION BY l.[TableName] ORDER BY l.[StartedAt] DESC, l.[RunId] DESC) AS [Nth]
  FROM [etl].[ETL_Runs] AS l
) AS numbered
WHERE [Nth] = 1;
GO
DROP VIEW [etl].[vw_TablePerformance];
GO
CREATE VIEW [etl].[vw_TablePerformance] AS
SELECT [TableName],
  COUNT(*) AS [Runs],
  SUM(CASE WHEN [Status] = 'succeeded' THEN 1 ELSE 0 END) AS [Succeeded],
  SUM(CASE WHEN [Status] = 'failed' THEN 1 ELSE 0 END) AS [Failed],
  SUM([RowsRead]) AS [RowsRead],
  CAST(AVG(DATEDIFF_BIG(millisecond, [StartedAt], [FinishedAt]) / 1000.0) AS decimal(18, 3)) AS [AverageSeconds],
  CAST(MAX(DATEDIFF_BIG(millisecond, [StartedAt], [FinishedAt]) / 1000.0) AS decimal(18, 3)) AS [LongestSeconds],
  CAST(SUM([RowsRead]) / NULLIF(SUM(DATEDIFF_BIG(millisecond, [StartedAt], [FinishedAt]) / 1000.0), 0) AS decimal(18, 1)) AS [RowsPerSecond],
  AVG([ExtractMs]) AS [AverageExtractMs],
  AVG([TransformMs]) AS [AverageTransformMs],
  AVG([LoadMs]) AS [AverageLoadMs],
  AVG([MergeMs]) AS [AverageMergeMs]
FROM [etl].[ETL_Runs]
WHERE [StartedAt] >= DATEADD(day, -7, SYSUTCDATETIME())
GROUP BY [TableName];
GO
DROP VIEW [etl].[vw_SLABreach];
GO
CREATE VIEW [etl].[vw_SLABreach] AS
SELECT [TableName], [Priority], [SLA], [LastSuccessAt], [MinutesSince],
  CASE
    WHEN [SLA] IS NULL THEN 'OK'
    WHEN [LastSuccessAt] IS NULL THEN 'NEVER LOADED'
    WHEN [MinutesSince] > [SLA] THEN 'BREACH'
    ELSE 'OK'
  END AS [SLAStatus]
FROM (
  SELECT t.[TableName], t.[Priority], t.[SLA], s.[UpdatedAt] AS [LastSuccessAt],
    DATEDIFF(minute, s.[UpdatedAt], SYSUTCDATETIME()) AS [MinutesSince]
  FROM [config].[ETL_Tables] AS t
  LEFT JOIN [etl].[Loaded] AS s ON s.[TableKey] = LOWER(t.[TableName] COLLATE Latin1_General_100_BIN2)
) AS timed;
GO
UPDATE l SET [UpdatedAt] = r.[LastAt]
FROM [etl].[Loaded] AS l
INNER JOIN (SELECT [TableKey], MAX([FinishedAt]) AS [LastAt] FROM [etl].[ETL_Runs] WHERE [Status] = 'succeeded' GROUP BY [TableKey]) AS r
ON r.[TableKey] = l.[TableKey];
GO
EXEC [etl].[SyncConfigColumns];
GO
