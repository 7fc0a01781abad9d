/** How the catalogue that the CLI brought becomes config.ETL_Columns: what people set there stays. */
const syncConfigColumns = `CREATE OR REPLACE PROCEDURE etl.SyncConfigColumns()
LANGUAGE sql
AS $$
  INSERT INTO config.ETL_Columns AS c
    (TableName, ColumnName, SqlName, SourceType, SourceWidth, SourceScale, SourceExtent, OrdinalPosition, IsAtSource, SyncedAt)
  SELECT TableName, ColumnName, SqlName, SourceType, SourceWidth, SourceScale, SourceExtent, OrdinalPosition, 1, now() AT TIME ZONE 'UTC'
  FROM etl.SourceColumns
  ON CONFLICT (TableName, ColumnName) DO UPDATE SET
    SourceType = excluded.SourceType,
    SourceWidth = excluded.SourceWidth,
    SourceScale = excluded.SourceScale,
    SourceExtent = excluded.SourceExtent,
    OrdinalPosition = excluded.OrdinalPosition,
    IsAtSource = 1,
    SyncedAt = excluded.SyncedAt;
  UPDATE config.ETL_Columns AS c SET IsAtSource = 0, SyncedAt = now() AT TIME ZONE 'UTC'
  WHERE c.IsAtSource = 1
  AND EXISTS (SELECT 1 FROM etl.SourceColumns AS s WHERE s.TableName = c.TableName)
  AND NOT EXISTS (
    SELECT 1 FROM etl.SourceColumns AS s WHERE s.TableName = c.TableName AND s.ColumnName = c.ColumnName);
$$`

const lastRuns = `CREATE VIEW etl.vw_LastRuns AS
SELECT TableName, RunId, Mode, Status, StartedAt, FinishedAt,
  CAST(EXTRACT(EPOCH FROM FinishedAt - StartedAt) AS numeric(18, 3)) AS DurationSeconds,
  RowsRead, RowsInserted, RowsUpdated, RowsDeleted, RowsUnchanged, DeletesRefused, ErrorCode, ErrorMessage
FROM (
  SELECT l.*, ROW_NUMBER() OVER (PARTITION BY TableName ORDER BY StartedAt DESC, RunId DESC) AS Nth FROM etl.ETL_Log AS l
) AS numbered
WHERE Nth = 1`

const tablePerformance = `CREATE VIEW etl.vw_TablePerformance AS
SELECT TableName,
  COUNT(*) AS Runs,
  SUM(CASE WHEN Status = 'succeeded' THEN 1 ELSE 0 END) AS Succeeded,
  SUM(CASE WHEN Status = 'failed' THEN 1 ELSE 0 END) AS Failed,
  SUM(RowsRead) AS RowsRead,
  CAST(AVG(EXTRACT(EPOCH FROM FinishedAt - StartedAt)) AS numeric(18, 3)) AS AverageSeconds,
  CAST(MAX(EXTRACT(EPOCH FROM FinishedAt - StartedAt)) AS numeric(18, 3)) AS LongestSeconds,
  CAST(SUM(RowsRead) / NULLIF(SUM(EXTRACT(EPOCH FROM FinishedAt - StartedAt)), 0) AS numeric(18, 1)) AS RowsPerSecond,
  CAST(AVG(ExtractMs) AS bigint) AS AverageExtractMs,
  CAST(AVG(TransformMs) AS bigint) AS AverageTransformMs,
  CAST(AVG(LoadMs) AS bigint) AS AverageLoadMs,
  CAST(AVG(MergeMs) AS bigint) AS AverageMergeMs
FROM etl.ETL_Log
WHERE StartedAt >= (now() AT TIME ZONE 'UTC') - INTERVAL '7 days'
GROUP BY TableName`

const slaBreach = `CREATE VIEW etl.vw_SLABreach AS
SELECT TableName, Priority, SLA, LastSuccessAt, MinutesSince,
  CASE
    WHEN SLA IS NULL THEN 'NO SLA'
    WHEN LastSuccessAt IS NULL THEN 'NEVER LOADED'
    WHEN MinutesSince > SLA THEN 'BREACH'
    ELSE 'OK'
  END AS SLAStatus
FROM (
  SELECT t.TableName, t.Priority, t.SLA, s.LastSuccessAt,
    CAST(EXTRACT(EPOCH FROM (now() AT TIME ZONE 'UTC') - s.LastSuccessAt) / 60 AS integer) AS MinutesSince
  FROM config.ETL_Tables AS t
  LEFT JOIN (
    SELECT TableName, MAX(FinishedAt) AS LastSuccessAt FROM etl.ETL_Log WHERE Status = 'succeeded' GROUP BY TableName
  ) AS s ON LOWER(s.TableName) = LOWER(t.TableName)
) AS timed`

/**
 * As before, but it fills SourceExpression as operators know it, and says what it did: called from a SQL client it has
 * only what the last `courant etl sync` brought.
 */
export const syncConfigColumnsSaying = `CREATE OR REPLACE PROCEDURE etl.SyncConfigColumns()
LANGUAGE plpgsql
AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM etl.SourceColumns) THEN
    RAISE NOTICE 'Nothing to do: etl.SourceColumns is empty. Insert the row of the table into config.ETL_Tables, then run: courant etl sync';
    RETURN;
  END IF;
  INSERT INTO config.ETL_Columns AS c
    (TableName, ColumnName, SqlName, SourceExpression, SourceType, SourceWidth, SourceScale, SourceExtent, OrdinalPosition, IsAtSource, SyncedAt)
  SELECT TableName, ColumnName, SqlName, '"' || replace(ColumnName, '"', '""') || '" AS ' || SqlName,
    SourceType, SourceWidth, SourceScale, SourceExtent, OrdinalPosition, 1, now() AT TIME ZONE 'UTC'
  FROM etl.SourceColumns
  ON CONFLICT (TableName, ColumnName) DO UPDATE SET
    SourceType = excluded.SourceType,
    SourceWidth = excluded.SourceWidth,
    SourceScale = excluded.SourceScale,
    SourceExtent = excluded.SourceExtent,
    OrdinalPosition = excluded.OrdinalPosition,
    IsAtSource = 1,
    SyncedAt = excluded.SyncedAt;
  UPDATE config.ETL_Columns AS c SET IsAtSource = 0, SyncedAt = now() AT TIME ZONE 'UTC'
  WHERE c.IsAtSource = 1
  AND EXISTS (SELECT 1 FROM etl.SourceColumns AS s WHERE s.TableName = c.TableName)
  AND NOT EXISTS (
    SELECT 1 FROM etl.SourceColumns AS s WHERE s.TableName = c.TableName AND s.ColumnName = c.ColumnName);
  RAISE NOTICE 'Took % columns of % from the last courant etl sync, which brings those of every table in config.ETL_Tables',
    (SELECT COUNT(*) FROM etl.SourceColumns), (SELECT MIN(TableName) FROM etl.SourceColumns);
END;
$$`

/** A table without an SLA is not late. */
export const slaBreachOfAgreed = slaBreach.replace(
  "WHEN SLA IS NULL THEN 'NO SLA'",
  "WHEN SLA IS NULL THEN 'OK'"
)

const views = { vw_LastRuns: lastRuns, vw_TablePerformance: tablePerformance, vw_SLABreach: slaBreach }

/** The procedure and the views that operators use. A view whose columns change must be dropped first. */
export const postgresViews: readonly string[] = [
  syncConfigColumns,
  ...Object.entries(views).flatMap(([name, text]) => [`DROP VIEW IF EXISTS etl.${name}`, text])
]
