CREATE TABLE ods.t (id INT)
GO
DELETE FROM etl.ETL_Runs WHERE TableKey = @key AND StartedAt <= @until AND StartedAt < @before
GO
DELETE FROM etl.Objects WHERE ObjectName = @name
GO
DELETE FROM etl.SourceColumns
GO
INSERT INTO [etl].[Offsets] (ConsumerGroup, Topic, PartitionId, Epoch, UpdatedAt) VALUES (@group, @topic, @partition, @epoch, @at)
GO
INSERT INTO [etl].[Topics] (ConsumerGroup, Topic, TopicId, Generation, UpdatedAt) VALUES (@group, @topic, @id, @generation, @at)
GO
INSERT INTO etl.ETL_Runs (RunId, TableName, Mode, Status, StartedAt, FinishedAt, ExtractMs, TransformMs, LoadMs, MergeMs, RowsRead, RowsInserted, RowsUpdated, RowsDeleted, RowsUnchanged, DeletesRefused, WindowFrom, WindowTo, RunVersion, ErrorCode, ErrorMessage, FailedStep) VALUES (@runId, @tableName, @Mode, @Status, @StartedAt, @FinishedAt, @ExtractMs, @TransformMs, @LoadMs, @MergeMs, @RowsRead, @RowsInserted, @RowsUpdated, @RowsDeleted, @RowsUnchanged, @DeletesRefused, @WindowFrom, @WindowTo, @RunVersion, @ErrorCode, @ErrorMessage, @FailedStep)
GO
INSERT INTO etl.Loaded (TableKey, WindowTo, RunVersion, Shape, UpdatedAt) VALUES (@key, @windowTo, @version, @shape, @at)
GO
INSERT INTO etl.Migrations (Number, Name) VALUES (@number, @name)
GO
INSERT INTO etl.Objects (ObjectName, ObjectId) VALUES (@name, @id)
GO
SELECT * FROM config.ETL_Columns WHERE LOWER(TableName) = @tableName AND IsAtSource = 1 ORDER BY OrdinalPosition
GO
SELECT * FROM config.ETL_Tables ORDER BY TableName
GO
SELECT COUNT(*) AS adopted FROM etl.Adopted
GO
SELECT COUNT(*) AS staged FROM stg."t"
GO
SELECT DestinationTable AS destination FROM config.ETL_Tables
GO
SELECT Epoch AS epoch FROM [etl].[Offsets] WHERE ConsumerGroup = @group AND Topic = @topic AND PartitionId = @partition
GO
SELECT Kind AS kind, FromSchema AS fromschema, FromName AS fromname, ToSchema AS toschema, ToName AS toname FROM etl.Adopted ORDER BY Number DESC
GO
SELECT LOWER(COLUMN_NAME) AS name FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = 'etl' AND LOWER(TABLE_NAME) = 'migrations'
GO
SELECT NextOffset AS nextoffset FROM [etl].[Offsets] WHERE ConsumerGroup = @group AND Topic = @topic AND PartitionId = 0
GO
SELECT NextOffset AS nextoffset, Epoch AS epoch FROM [etl].[Offsets] WHERE ConsumerGroup = @group AND Topic = @topic AND PartitionId = @partition
GO
SELECT Number AS number, Name AS name FROM etl.Migrations
GO
SELECT ObjectName AS name, ObjectId AS id FROM etl.Objects
GO
SELECT RunId AS runid, Mode AS mode, Status AS status, StartedAt AS startedat, ErrorCode AS errorcode, ErrorMessage AS errormessage
FROM etl.ETL_Runs WHERE TableKey = @key AND Status <> 'succeeded'
AND StartedAt > COALESCE((SELECT MAX(StartedAt) FROM etl.ETL_Runs WHERE TableKey = @key AND Status = 'succeeded'), '0001-01-01')
ORDER BY StartedAt DESC
GO
SELECT StartedAt AS startedat FROM etl.ETL_Runs WHERE TableKey = @key AND StartedAt < @before
ORDER BY StartedAt OFFSET 0 ROWS FETCH NEXT 1000 ROWS ONLY
GO
SELECT Status AS status FROM etl.ETL_Runs WHERE TableName = @tableName AND RunId = @runId
GO
SELECT TABLE_SCHEMA AS inschema, TABLE_NAME AS name, COLUMN_NAME AS columnname FROM INFORMATION_SCHEMA.COLUMNS
WHERE TABLE_SCHEMA IN ('stg', 'ods') AND LOWER(COLUMN_NAME) IN ('row_key', 'hashdiff', 'hashdiff_rule', 'row_version', 'valid_from', 'valid_to', 'is_current', 'is_deleted', 'run_id', 'source_topic', 'source_partition', 'source_offset', 'loaded_at')
GO
SELECT TABLE_SCHEMA AS inschema, TABLE_NAME AS name, TABLE_TYPE AS kind FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA IN ('config', 'etl', 'stg', 'ods')
UNION ALL
SELECT ROUTINE_SCHEMA AS inschema, ROUTINE_NAME AS name, 'ROUTINE' AS kind FROM INFORMATION_SCHEMA.ROUTINES WHERE ROUTINE_SCHEMA IN ('config', 'etl', 'stg', 'ods')
GO
SELECT TableName AS tablename, SLAStatus AS slastatus, LastSuccessAt AS lastsuccessat FROM etl.vw_SLABreach ORDER BY TableName
GO
SELECT TableName AS tablename, Status AS status, COUNT(*) AS runs, SUM(RowsRead) AS rowsread
FROM etl.ETL_Runs WHERE StartedAt >= @since GROUP BY TableName, Status
GO
SELECT TopicId AS topicid, Generation AS generation FROM [etl].[Topics] WHERE ConsumerGroup = @group AND Topic = @topic
GO
SELECT WindowTo AS windowto, RunVersion AS runversion, Shape AS shape FROM etl.Loaded WHERE TableKey = @key
GO
SELECT row_key, hashdiff FROM ods."compared" WHERE is_current = 1 AND is_deleted = 0
GO
UPDATE [etl].[Offsets] SET Epoch = @epoch, UpdatedAt = @at WHERE ConsumerGroup = @group AND Topic = @topic AND PartitionId = @partition
GO
UPDATE [etl].[Offsets] SET NextOffset = @nextOffset, UpdatedAt = @at WHERE ConsumerGroup = @group AND Topic = @topic AND PartitionId = @partition AND Epoch = @epoch
GO
UPDATE etl.ETL_Runs SET Mode = @Mode, Status = @Status, StartedAt = @StartedAt, FinishedAt = @FinishedAt, ExtractMs = @ExtractMs, TransformMs = @TransformMs, LoadMs = @LoadMs, MergeMs = @MergeMs, RowsRead = @RowsRead, RowsInserted = @RowsInserted, RowsUpdated = @RowsUpdated, RowsDeleted = @RowsDeleted, RowsUnchanged = @RowsUnchanged, DeletesRefused = @DeletesRefused, WindowFrom = @WindowFrom, WindowTo = @WindowTo, RunVersion = @RunVersion, ErrorCode = @ErrorCode, ErrorMessage = @ErrorMessage, FailedStep = @FailedStep WHERE TableName = @tableName AND RunId = @runId
GO
UPDATE etl.ETL_Runs SET Status = 'failed', FailedStep = 'extract', FinishedAt = @at, ErrorCode = 'RUN_INCOMPLETE', ErrorMessage = @reason WHERE TableKey = @key AND Status = 'running'
GO
UPDATE etl.ETL_Runs SET Status = Status WHERE 1 = 0
GO
UPDATE etl.Loaded SET WindowTo = @windowTo, RunVersion = @version, Shape = @shape, UpdatedAt = @at WHERE TableKey = @key
GO
