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
CREATE TABLE [ods].[hisprixa] (
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
  [produit] nvarchar(80) NULL,
  [depuis] date NULL,
  [prix] decimal(12,2) NULL
);
GO
SELECT i.[name] AS [name], c.[name] AS [columnname]
FROM sys.indexes AS i
INNER JOIN sys.index_columns AS ic ON ic.[object_id] = i.[object_id] AND ic.[index_id] = i.[index_id]
INNER JOIN sys.columns AS c ON c.[object_id] = ic.[object_id] AND c.[column_id] = ic.[column_id]
WHERE i.[object_id] = OBJECT_ID(@table)
ORDER BY i.[name], ic.[key_ordinal], ic.[index_column_id];
GO
CREATE UNIQUE CLUSTERED INDEX [hisprixa_version] ON [ods].[hisprixa] ([row_key], [valid_from]);
GO
CREATE UNIQUE INDEX [hisprixa_current] ON [ods].[hisprixa] ([row_key]) WHERE [is_current] = 1;
GO
CREATE INDEX [hisprixa_source_key] ON [ods].[hisprixa] ([produit], [depuis]);
GO
DROP INDEX [hisprixa_key] ON [ods].[hisprixa];
GO
ALTER TABLE [ods].[hisprixa] ADD
  [produit] nvarchar(80) NULL;
GO
ALTER TABLE [ods].[hisprixa] ALTER COLUMN [produit] nvarchar(80);
GO
DROP TABLE IF EXISTS [stg].[hisprixa];
GO
CREATE TABLE [stg].[hisprixa] (
  [row_key] nvarchar(440) COLLATE Latin1_General_100_BIN2 NULL,
  [hashdiff] binary(32) NULL,
  [is_deleted] bit NULL,
  [source_offset] bigint NULL,
  [produit] nvarchar(80) NULL,
  [depuis] varchar(64) NULL,
  [prix] varchar(64) NULL
);
GO
DECLARE @granted int;
EXEC @granted = sp_getapplock @Resource = @resource, @LockMode = 'Exclusive', @LockOwner = 'Transaction', @LockTimeout = 600000;
IF @granted < 0 THROW 50001, 'The lock of the table was not granted', 1;
GO
TRUNCATE TABLE [stg].[hisprixa];
GO
DELETE s FROM [stg].[hisprixa] AS s
WHERE EXISTS (SELECT 1 FROM [stg].[hisprixa] AS l WHERE l.[row_key] = s.[row_key] AND l.[source_offset] > s.[source_offset]);
GO
UPDATE t SET [valid_to] = CAST(@at AS datetime2(6)), [is_current] = 0
FROM [ods].[hisprixa] AS t
INNER JOIN [stg].[hisprixa] AS s ON s.[row_key] = t.[row_key]
WHERE s.[is_deleted] = 0 AND t.[is_current] = 1 AND t.[row_version] < @replacesBelow AND (t.[hashdiff] <> s.[hashdiff] OR t.[is_deleted] = 1)
OPTION (RECOMPILE);
SELECT @@ROWCOUNT AS [updated];
GO
INSERT INTO [ods].[hisprixa] ([row_key], [hashdiff_rule], [row_version], [valid_from], [run_id], [source_topic], [source_partition], [loaded_at], [is_current], [is_deleted], [hashdiff], [source_offset], [produit], [depuis], [prix])
SELECT s.[row_key], @rule, @version, CAST(@at AS datetime2(6)), @runId, @topic, @partition, SYSUTCDATETIME(), 1, 0, s.[hashdiff], s.[source_offset], s.[produit], CAST(s.[depuis] AS date), CAST(s.[prix] AS decimal(12,2))
FROM [stg].[hisprixa] AS s
WHERE s.[is_deleted] = 0
AND NOT EXISTS (SELECT 1 FROM [ods].[hisprixa] AS t WHERE t.[row_key] = s.[row_key] AND t.[is_current] = 1)
OPTION (RECOMPILE);
SELECT @@ROWCOUNT AS [inserted];
GO
SELECT COALESCE(SUM(CASE WHEN t.[row_version] < @replacesBelow AND s.[row_key] IS NULL THEN 1 ELSE 0 END), 0) AS [missing], COUNT(*) AS [live]
FROM [ods].[hisprixa] AS t
LEFT JOIN [stg].[hisprixa] AS s ON s.[row_key] = t.[row_key] AND s.[is_deleted] = 0
WHERE t.[is_current] = 1 AND t.[is_deleted] = 0;
GO
DECLARE @closed TABLE ([row_key] nvarchar(440) COLLATE Latin1_General_100_BIN2 NOT NULL);
UPDATE t SET [valid_to] = CAST(@at AS datetime2(6)), [is_current] = 0
OUTPUT inserted.[row_key] INTO @closed
FROM [ods].[hisprixa] AS t
WHERE t.[is_current] = 1 AND t.[is_deleted] = 0 AND t.[row_version] < @replacesBelow
AND NOT EXISTS (SELECT 1 FROM [stg].[hisprixa] AS s WHERE s.[row_key] = t.[row_key] AND s.[is_deleted] = 0)
OPTION (RECOMPILE);
INSERT INTO [ods].[hisprixa] ([row_key], [hashdiff_rule], [row_version], [valid_from], [run_id], [source_topic], [source_partition], [loaded_at], [is_current], [is_deleted], [hashdiff], [source_offset], [produit], [depuis], [prix])
SELECT t.[row_key], @rule, @version, CAST(@at AS datetime2(6)), @runId, @topic, @partition, SYSUTCDATETIME(), 1, 1, t.[hashdiff], t.[source_offset], t.[produit], t.[depuis], t.[prix]
FROM @closed AS k
INNER JOIN [ods].[hisprixa] AS t ON t.[row_key] = k.[row_key] AND t.[valid_to] = CAST(@at AS datetime2(6)) AND t.[is_deleted] = 0
OPTION (RECOMPILE);
SELECT COUNT(*) AS [deleted] FROM @closed;
GO
DECLARE @closed TABLE ([row_key] nvarchar(440) COLLATE Latin1_General_100_BIN2 NOT NULL);
UPDATE t SET [valid_to] = CAST(@at AS datetime2(6)), [is_current] = 0
OUTPUT inserted.[row_key] INTO @closed
FROM [ods].[hisprixa] AS t
WHERE t.[is_current] = 1 AND t.[is_deleted] = 0 AND t.[row_version] < @replacesBelow
AND EXISTS (SELECT 1 FROM [stg].[hisprixa] AS s WHERE s.[row_key] = t.[row_key] AND s.[is_deleted] = 1)
OPTION (RECOMPILE);
INSERT INTO [ods].[hisprixa] ([row_key], [hashdiff_rule], [row_version], [valid_from], [run_id], [source_topic], [source_partition], [loaded_at], [is_current], [is_deleted], [hashdiff], [source_offset], [produit], [depuis], [prix])
SELECT t.[row_key], @rule, @version, CAST(@at AS datetime2(6)), @runId, @topic, @partition, SYSUTCDATETIME(), 1, 1, t.[hashdiff], t.[source_offset], t.[produit], t.[depuis], t.[prix]
FROM @closed AS k
INNER JOIN [ods].[hisprixa] AS t ON t.[row_key] = k.[row_key] AND t.[valid_to] = CAST(@at AS datetime2(6)) AND t.[is_deleted] = 0
OPTION (RECOMPILE);
SELECT COUNT(*) AS [deleted] FROM @closed;
GO
