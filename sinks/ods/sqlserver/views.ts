/** How the catalogue that the CLI brought becomes config.ETL_Columns: what people set there stays. */
const syncConfigColumns = `CREATE PROCEDURE [etl].[SyncConfigColumns]
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
END;`

const lastRuns = `CREATE VIEW [etl].[vw_LastRuns] AS
SELECT [TableName], [RunId], [Mode], [Status], [StartedAt], [FinishedAt],
  CAST(DATEDIFF_BIG(millisecond, [StartedAt], [FinishedAt]) / 1000.0 AS decimal(18, 3)) AS [DurationSeconds],
  [RowsRead], [RowsInserted], [RowsUpdated], [RowsDeleted], [RowsUnchanged], [DeletesRefused], [ErrorCode], [ErrorMessage]
FROM (
  SELECT l.*, ROW_NUMBER() OVER (PARTITION BY l.[TableName] ORDER BY l.[StartedAt] DESC, l.[RunId] DESC) AS [Nth]
  FROM [etl].[ETL_Log] AS l
) AS numbered
WHERE [Nth] = 1;`

const tablePerformance = `CREATE VIEW [etl].[vw_TablePerformance] AS
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
GROUP BY [TableName];`

const slaBreach = `CREATE VIEW [etl].[vw_SLABreach] AS
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
) AS timed;`

/**
 * As before, but it fills SourceExpression as operators know it, and says what it did: called from a SQL client it has
 * only what the last `courant etl sync` brought.
 */
export const syncConfigColumnsSaying = syncConfigColumns
  .replace(
    '  SET XACT_ABORT ON;\n',
    `  SET XACT_ABORT ON;
  IF NOT EXISTS (SELECT 1 FROM [etl].[SourceColumns])
  BEGIN
    PRINT N'Nothing to do: etl.SourceColumns is empty. Insert the row of the table into config.ETL_Tables, then run: courant etl sync';
    RETURN;
  END;
`
  )
  .replace(
    '[ColumnName], [SqlName], [SourceType]',
    '[ColumnName], [SqlName], [SourceExpression], [SourceType]'
  )
  .replace(
    's.[ColumnName], s.[SqlName], s.[SourceType]',
    `s.[ColumnName], s.[SqlName], CONCAT(N'"', REPLACE(s.[ColumnName], N'"', N'""'), N'" AS ', s.[SqlName]), s.[SourceType]`
  )
  .replace(
    '  COMMIT TRANSACTION;\n',
    `  COMMIT TRANSACTION;
  PRINT N'Took the columns in etl.SourceColumns, which the last courant etl sync brought; it brings those of every table in config.ETL_Tables';
`
  )

/** A table without an SLA is not late. */
export const slaBreachOfAgreed = slaBreach.replace("THEN 'NO SLA'", "THEN 'OK'")

const views = { vw_LastRuns: lastRuns, vw_TablePerformance: tablePerformance, vw_SLABreach: slaBreach }

/** The procedure and the views that operators use; each is made alone in its batch, after the old one is gone. */
export const sqlServerViews: readonly string[] = [
  `DROP PROCEDURE IF EXISTS [etl].[SyncConfigColumns];`,
  syncConfigColumns,
  ...Object.entries(views).flatMap(([name, text]) => [`DROP VIEW IF EXISTS [etl].[${name}];`, text])
]
