import { postgresViews } from './views.ts'

const before = (ms: string) => `r.FinishedAt - (${ms}) * INTERVAL '1 millisecond'`
const staged = before('COALESCE(r.LoadMs, 0) + COALESCE(r.MergeMs, 0)')
const micros = (count: number) => `INTERVAL '${count} microseconds'`

/** Steps of a run in their order, each with its duration, when it ended, and what of the run's figures is its own. */
const steps = `VALUES
    (1, 'extract', r.ExtractMs, LEAST(r.StartedAt + r.ExtractMs * INTERVAL '1 millisecond', ${staged}) - ${micros(3)}),
    (2, 'transform', r.TransformMs, ${staged} - ${micros(2)}),
    (3, 'load', r.LoadMs, ${before('COALESCE(r.MergeMs, 0)')} - ${micros(1)}),
    (4, 'merge', r.MergeMs, r.FinishedAt)`

const failedStep = `CASE r.FailedStep WHEN 'extract' THEN 1 WHEN 'transform' THEN 2 WHEN 'load' THEN 3 WHEN 'merge' THEN 4 ELSE 0 END`

/** A row a step. The status is a constant of each part, so that a search for it reads only the runs that have it. */
const log = `CREATE VIEW etl.ETL_Log AS
SELECT s.LogTs, r.RunId, r.TableName, r.Mode, s.StepNo, s.Step, 'succeeded' AS Status, s.DurationMs,
  CASE s.StepNo WHEN 1 THEN r.RowsRead END AS RowsRead,
  CASE s.StepNo WHEN 4 THEN r.RowsInserted END AS RowsInserted,
  CASE s.StepNo WHEN 4 THEN r.RowsUpdated END AS RowsUpdated,
  CASE s.StepNo WHEN 4 THEN r.RowsDeleted END AS RowsDeleted,
  CASE s.StepNo WHEN 4 THEN r.RowsUnchanged END AS RowsUnchanged,
  CASE s.StepNo WHEN 4 THEN r.DeletesRefused END AS DeletesRefused,
  r.WindowFrom, r.WindowTo, r.StartedAt, r.FinishedAt, CAST(NULL AS varchar(40)) AS ErrorCode, CAST(NULL AS varchar(2000)) AS ErrorMessage
FROM etl.ETL_Runs AS r
CROSS JOIN LATERAL (${steps}) AS s (StepNo, Step, DurationMs, LogTs)
WHERE r.Status <> 'running' AND s.DurationMs IS NOT NULL AND (r.Status = 'succeeded' OR s.StepNo < ${failedStep})
UNION ALL
SELECT r.FinishedAt, r.RunId, r.TableName, r.Mode, ${failedStep}, COALESCE(r.FailedStep, 'run'), 'failed', NULL,
  r.RowsRead, NULL, NULL, NULL, NULL, NULL, r.WindowFrom, r.WindowTo, r.StartedAt, r.FinishedAt, r.ErrorCode, r.ErrorMessage
FROM etl.ETL_Runs AS r
WHERE r.Status = 'failed'
UNION ALL
SELECT r.StartedAt, r.RunId, r.TableName, r.Mode, 1, 'extract', 'running', NULL,
  NULL, NULL, NULL, NULL, NULL, NULL, r.WindowFrom, r.WindowTo, r.StartedAt, NULL, NULL, NULL
FROM etl.ETL_Runs AS r
WHERE r.Status = 'running'`

const slaBreach = `CREATE VIEW etl.vw_SLABreach AS
SELECT TableName, Priority, SLA, LastSuccessAt, MinutesSince,
  CASE
    WHEN SLA IS NULL THEN 'OK'
    WHEN LastSuccessAt IS NULL THEN 'NEVER LOADED'
    WHEN MinutesSince > SLA THEN 'BREACH'
    ELSE 'OK'
  END AS SLAStatus
FROM (
  SELECT t.TableName, t.Priority, t.SLA, s.UpdatedAt AS LastSuccessAt,
    CAST(EXTRACT(EPOCH FROM (now() AT TIME ZONE 'UTC') - s.UpdatedAt) / 60 AS integer) AS MinutesSince
  FROM config.ETL_Tables AS t
  LEFT JOIN etl.Loaded AS s ON s.TableKey = LOWER(t.TableName)
) AS timed`

const overRuns = ['vw_LastRuns', 'vw_TablePerformance'].flatMap((name) => {
  const made = postgresViews.find((text) => text.startsWith(`CREATE VIEW etl.${name} `)) ?? ''
  return [`DROP VIEW etl.${name}`, made.replaceAll('etl.ETL_Log', 'etl.ETL_Runs')]
})

/** The runs get a table of their own, and the log is what operators know: a row a step. */
export const postgresLog: readonly string[] = [
  'ALTER TABLE etl.ETL_Log RENAME TO ETL_Runs',
  `COMMENT ON TABLE etl.ETL_Runs IS 'Every run of every table. StartedAt, FinishedAt and LogTs are UTC; WindowFrom and WindowTo are the clock of the source'`,
  'ALTER TABLE etl.ETL_Runs ADD COLUMN FailedStep varchar(16)',
  'ALTER TABLE etl.ETL_Runs ADD COLUMN TableKey varchar(128) GENERATED ALWAYS AS (LOWER(TableName)) STORED',
  'CREATE INDEX etl_runs_table ON etl.ETL_Runs (TableKey, StartedAt, Status)',
  'CREATE INDEX etl_runs_status ON etl.ETL_Runs (Status, FinishedAt)',
  'CREATE INDEX etl_runs_run ON etl.ETL_Runs (RunId)',
  log,
  ...overRuns,
  'DROP VIEW etl.vw_SLABreach',
  slaBreach,
  `UPDATE etl.Loaded AS l SET UpdatedAt = r.LastAt
FROM (SELECT TableKey, MAX(FinishedAt) AS LastAt FROM etl.ETL_Runs WHERE Status = 'succeeded' GROUP BY TableKey) AS r
WHERE r.TableKey = l.TableKey`
]
