DECLARE @probe TABLE ([k] int NOT NULL); MERGE @probe AS t USING (SELECT 1 AS [k]) AS s ON t.[k] = s.[k] WHEN NOT MATCHED THEN INSERT ([k]) VALUES (s.[k]);
GO
SELECT state_desc AS state FROM sys.databases WHERE name = @name;
GO
SELECT is_read_committed_snapshot_on AS isversioned FROM sys.databases WHERE database_id = DB_ID();
GO
