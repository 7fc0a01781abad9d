SELECT COLUMN_NAME AS name,
  CASE
    WHEN DATA_TYPE IN ('nvarchar', 'varchar', 'varbinary', 'binary') THEN CONCAT(DATA_TYPE, '(', CASE CHARACTER_MAXIMUM_LENGTH WHEN -1 THEN 'max' ELSE CAST(CHARACTER_MAXIMUM_LENGTH AS varchar(10)) END, ')')
    WHEN DATA_TYPE = 'decimal' THEN CONCAT('decimal(', NUMERIC_PRECISION, ',', NUMERIC_SCALE, ')')
    WHEN DATA_TYPE IN ('datetime2', 'datetimeoffset', 'time') THEN CONCAT(DATA_TYPE, '(', DATETIME_PRECISION, ')')
    ELSE DATA_TYPE
  END AS type
FROM INFORMATION_SCHEMA.COLUMNS
WHERE TABLE_SCHEMA = @schema AND TABLE_NAME = @table
ORDER BY ORDINAL_POSITION;
GO
CREATE TABLE [ods].[fournis] (
  [row_key] nvarchar(440) COLLATE Latin1_General_100_BIN2 NOT NULL,
  [hashdiff] binary(32) NOT NULL,
  [hashdiff_rule] smallint NOT NULL,
  [row_version] bigint NOT NULL,
  [valid_from] datetime2(6) NOT NULL,
  [valid_to] datetime2(6) NULL,
  [is_current] bit NOT NULL,
  [is_deleted] bit NOT NULL,
  [run_id] varchar(64) NOT NULL,
  [source_topic] varchar(249) NOT NULL,
  [source_partition] int NOT NULL,
  [source_offset] bigint NOT NULL,
  [loaded_at] datetime2(6) NOT NULL,
  [num] int NULL,
  [nom] nvarchar(160) NULL
);
GO
SELECT i.[name] AS [name], c.[name] AS [columnname]
FROM sys.indexes AS i
INNER JOIN sys.index_columns AS ic ON ic.[object_id] = i.[object_id] AND ic.[index_id] = i.[index_id]
INNER JOIN sys.columns AS c ON c.[object_id] = ic.[object_id] AND c.[column_id] = ic.[column_id]
WHERE i.[object_id] = OBJECT_ID(@table)
ORDER BY i.[name], ic.[key_ordinal], ic.[index_column_id];
GO
CREATE UNIQUE CLUSTERED INDEX [fournis_key] ON [ods].[fournis] ([row_key]);
GO
CREATE INDEX [fournis_source_key] ON [ods].[fournis] ([num]);
GO
DROP INDEX [fournis_key] ON [ods].[fournis];
GO
ALTER TABLE [ods].[fournis] ADD
  [num] int NULL;
GO
DROP TABLE IF EXISTS [stg].[fournis];
GO
CREATE TABLE [stg].[fournis] (
  [row_key] nvarchar(440) COLLATE Latin1_General_100_BIN2 NULL,
  [hashdiff] binary(32) NULL,
  [is_deleted] bit NULL,
  [source_offset] bigint NULL,
  [num] int NULL,
  [nom] nvarchar(160) NULL
);
GO
DECLARE @granted int;
EXEC @granted = sp_getapplock @Resource = @resource, @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 600000;
IF @granted < 0 THROW 50001, 'The lock of the table was not granted', 1;
GO
TRUNCATE TABLE [stg].[fournis];
GO
DELETE s FROM [stg].[fournis] AS s
WHERE EXISTS (SELECT 1 FROM [stg].[fournis] AS l WHERE l.[row_key] = s.[row_key] AND l.[source_offset] > s.[source_offset]);
GO
DECLARE @done TABLE ([action] nvarchar(10) NOT NULL);
MERGE [ods].[fournis] WITH (HOLDLOCK) AS t
USING (
  SELECT s.[row_key], s.[hashdiff], s.[source_offset],
    s.[num] AS [num],
    s.[nom] AS [nom]
  FROM [stg].[fournis] AS s
  WHERE s.[is_deleted] = 0
) AS s
ON t.[row_key] = s.[row_key]
WHEN MATCHED AND t.[row_version] < @replacesBelow AND (t.[hashdiff] <> s.[hashdiff] OR t.[is_deleted] = 1) THEN UPDATE SET
  [hashdiff_rule] = @rule,
  [row_version] = @version,
  [valid_from] = CAST(@at AS datetime2(6)),
  [run_id] = @runId,
  [source_topic] = @topic,
  [source_partition] = @partition,
  [loaded_at] = SYSUTCDATETIME(),
  [is_deleted] = 0,
  [hashdiff] = s.[hashdiff],
  [source_offset] = s.[source_offset],
  [num] = s.[num],
  [nom] = s.[nom]
WHEN NOT MATCHED BY TARGET THEN INSERT ([row_key], [hashdiff_rule], [row_version], [valid_from], [run_id], [source_topic], [source_partition], [loaded_at], [is_current], [is_deleted], [hashdiff], [source_offset], [num], [nom])
  VALUES (s.[row_key], @rule, @version, CAST(@at AS datetime2(6)), @runId, @topic, @partition, SYSUTCDATETIME(), 1, 0, s.[hashdiff], s.[source_offset], s.[num], s.[nom])
OUTPUT $action INTO @done
OPTION (RECOMPILE);
SELECT COALESCE(SUM(CASE WHEN [action] = 'INSERT' THEN 1 ELSE 0 END), 0) AS [inserted],
  COALESCE(SUM(CASE WHEN [action] = 'UPDATE' THEN 1 ELSE 0 END), 0) AS [updated]
FROM @done;
GO
UPDATE t SET
  [hashdiff_rule] = @rule,
  [row_version] = @version,
  [run_id] = @runId,
  [source_topic] = @topic,
  [source_partition] = @partition,
  [loaded_at] = SYSUTCDATETIME(),
  [is_deleted] = 0,
  [hashdiff] = s.[hashdiff],
  [source_offset] = s.[source_offset],
  [num] = s.[num],
  [nom] = s.[nom]
FROM [ods].[fournis] AS t
INNER JOIN [stg].[fournis] AS s ON s.[row_key] = t.[row_key]
WHERE s.[is_deleted] = 0 AND t.[is_current] = 1 AND t.[row_version] < @replacesBelow AND (t.[hashdiff] <> s.[hashdiff] OR t.[is_deleted] = 1)
OPTION (RECOMPILE);
SELECT @@ROWCOUNT AS [updated];
GO
INSERT INTO [ods].[fournis] ([row_key], [hashdiff_rule], [row_version], [valid_from], [run_id], [source_topic], [source_partition], [loaded_at], [is_current], [is_deleted], [hashdiff], [source_offset], [num], [nom])
SELECT s.[row_key], @rule, @version, CAST(@at AS datetime2(6)), @runId, @topic, @partition, SYSUTCDATETIME(), 1, 0, s.[hashdiff], s.[source_offset], s.[num], s.[nom]
FROM [stg].[fournis] AS s
WHERE s.[is_deleted] = 0
AND NOT EXISTS (SELECT 1 FROM [ods].[fournis] AS t WHERE t.[row_key] = s.[row_key] AND t.[is_current] = 1)
OPTION (RECOMPILE);
SELECT @@ROWCOUNT AS [inserted];
GO
SELECT COALESCE(SUM(CASE WHEN t.[row_version] < @replacesBelow AND s.[row_key] IS NULL THEN 1 ELSE 0 END), 0) AS [missing], COUNT(*) AS [live]
FROM [ods].[fournis] AS t
LEFT JOIN [stg].[fournis] AS s ON s.[row_key] = t.[row_key] AND s.[is_deleted] = 0
WHERE t.[is_current] = 1 AND t.[is_deleted] = 0;
GO
UPDATE t SET
  [hashdiff_rule] = @rule,
  [row_version] = @version,
  [valid_from] = CAST(@at AS datetime2(6)),
  [run_id] = @runId,
  [source_topic] = @topic,
  [source_partition] = @partition,
  [loaded_at] = SYSUTCDATETIME(),
  [is_deleted] = 1
FROM [ods].[fournis] AS t
WHERE t.[is_current] = 1 AND t.[is_deleted] = 0 AND t.[row_version] < @replacesBelow
AND NOT EXISTS (SELECT 1 FROM [stg].[fournis] AS s WHERE s.[row_key] = t.[row_key] AND s.[is_deleted] = 0)
OPTION (RECOMPILE);
SELECT @@ROWCOUNT AS [deleted];
GO
UPDATE t SET
  [hashdiff_rule] = @rule,
  [row_version] = @version,
  [valid_from] = CAST(@at AS datetime2(6)),
  [run_id] = @runId,
  [source_topic] = @topic,
  [source_partition] = @partition,
  [loaded_at] = SYSUTCDATETIME(),
  [is_deleted] = 1
FROM [ods].[fournis] AS t
WHERE t.[is_current] = 1 AND t.[is_deleted] = 0 AND t.[row_version] < @replacesBelow
AND EXISTS (SELECT 1 FROM [stg].[fournis] AS s WHERE s.[row_key] = t.[row_key] AND s.[is_deleted] = 1)
OPTION (RECOMPILE);
SELECT @@ROWCOUNT AS [deleted];
GO
