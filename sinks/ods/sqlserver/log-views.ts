import { sqlServerViews } from './views.ts'

/** Steps of a run in their order, each with its duration, when it ended, and what of the run's figures is its own. */
const steps = `VALUES
    (1, 'extract', r.[ExtractMs], DATEADD(microsecond, -3, CASE
      WHEN DATEADD(millisecond, r.[ExtractMs], r.[StartedAt]) < DATEADD(millisecond, -COALESCE(r.[LoadMs], 0) - COALESCE(r.[MergeMs], 0), r.[FinishedAt])
      THEN DATEADD(millisecond, r.[ExtractMs], r.[StartedAt])
      ELSE DATEADD(millisecond, -COALESCE(r.[LoadMs], 0) - COALESCE(r.[MergeMs], 0), r.[FinishedAt]) END)),
    (2, 'transform', r.[TransformMs], DATEADD(microsecond, -2, DATEADD(millisecond, -COALESCE(r.[LoadMs], 0) - COALESCE(r.[MergeMs], 0), r.[FinishedAt]))),
    (3, 'load', r.[LoadMs], DATEADD(microsecond, -1, DATEADD(millisecond, -COALESCE(r.[MergeMs], 0), r.[FinishedAt]))),
    (4, 'merge', r.[MergeMs], r.[FinishedAt])`

const failedStep = `CASE r.[FailedStep] WHEN 'extract' THEN 1 WHEN 'transform' THEN 2 WHEN 'load' THEN 3 WHEN 'merge' THEN 4 ELSE 0 END`

/** A row a step. The status is a constant of each part, so that a search for it reads only the runs that have it. */
const log = `CREATE VIEW [etl].[ETL_Log] AS
SELECT s.[LogTs], r.[RunId], r.[TableName], r.[Mode], s.[StepNo], s.[Step], 'succeeded' AS [Status], s.[DurationMs],
  CASE s.[StepNo] WHEN 1 THEN r.[RowsRead] END AS [RowsRead],
  CASE s.[StepNo] WHEN 4 THEN r.[RowsInserted] END AS [RowsInserted],
  CASE s.[StepNo] WHEN 4 THEN r.[RowsUpdated] END AS [RowsUpdated],
  CASE s.[StepNo] WHEN 4 THEN r.[RowsDeleted] END AS [RowsDeleted],
  CASE s.[StepNo] WHEN 4 THEN r.[RowsUnchanged] END AS [RowsUnchanged],
  CASE s.[StepNo] WHEN 4 THEN r.[DeletesRefused] END AS [DeletesRefused],
  r.[WindowFrom], r.[WindowTo], r.[StartedAt], r.[FinishedAt], CAST(NULL AS varchar(40)) AS [ErrorCode], CAST(NULL AS nvarchar(2000)) AS [ErrorMessage]
FROM [etl].[ETL_Runs] AS r
CROSS APPLY (${steps}) AS s ([StepNo], [Step], [DurationMs], [LogTs])
WHERE r.[Status] <> 'running' AND s.[DurationMs] IS NOT NULL AND (r.[Status] = 'succeeded' OR s.[StepNo] < ${failedStep})
UNION ALL
SELECT r.[FinishedAt], r.[RunId], r.[TableName], r.[Mode], ${failedStep}, COALESCE(r.[FailedStep], 'run'), 'failed', NULL,
  r.[RowsRead], NULL, NULL, NULL, NULL, NULL, r.[WindowFrom], r.[WindowTo], r.[StartedAt], r.[FinishedAt], r.[ErrorCode], r.[ErrorMessage]
FROM [etl].[ETL_Runs] AS r
WHERE r.[Status] = 'failed'
UNION ALL
SELECT r.[StartedAt], r.[RunId], r.[TableName], r.[Mode], 1, 'extract', 'running', NULL,
  NULL, NULL, NULL, NULL, NULL, NULL, r.[WindowFrom], r.[WindowTo], r.[StartedAt], NULL, NULL, NULL
FROM [etl].[ETL_Runs] AS r
WHERE r.[Status] = 'running';`

const slaBreach = `CREATE VIEW [etl].[vw_SLABreach] AS
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
) AS timed;`

const overRuns = ['vw_LastRuns', 'vw_TablePerformance'].flatMap((name) => {
  const made = sqlServerViews.find((text) => text.startsWith(`CREATE VIEW [etl].[${name}]`)) ?? ''
  return [`DROP VIEW [etl].[${name}];`, made.replaceAll('[ETL_Log]', '[ETL_Runs]')]
})

/** The runs get a table of their own, and the log is what operators know: a row a step. */
export const sqlServerLog: readonly string[] = [
  `EXEC sp_rename N'etl.ETL_Log', N'ETL_Runs';`,
  `ALTER TABLE [etl].[ETL_Runs] ADD [FailedStep] varchar(16) NULL;`,
  `ALTER TABLE [etl].[ETL_Runs] ADD [TableKey] AS (LOWER([TableName] COLLATE Latin1_General_100_BIN2)) PERSISTED;`,
  'CREATE INDEX [ETL_Runs_Table] ON [etl].[ETL_Runs] ([TableKey], [StartedAt], [Status]);',
  'CREATE INDEX [ETL_Runs_Status] ON [etl].[ETL_Runs] ([Status], [FinishedAt]);',
  'CREATE INDEX [ETL_Runs_Run] ON [etl].[ETL_Runs] ([RunId]);',
  log,
  ...overRuns,
  'DROP VIEW [etl].[vw_SLABreach];',
  slaBreach,
  `UPDATE l SET [UpdatedAt] = r.[LastAt]
FROM [etl].[Loaded] AS l
INNER JOIN (SELECT [TableKey], MAX([FinishedAt]) AS [LastAt] FROM [etl].[ETL_Runs] WHERE [Status] = 'succeeded' GROUP BY [TableKey]) AS r
ON r.[TableKey] = l.[TableKey];`
]
