"""Copies the ERP's order lines over ODBC into an ODS, as a nightly batch does: pandas, pyodbc, SQLAlchemy.

usage: erp_copy.py insert|copy [SINCE]
Chunks of 5,000 rows go to stg.lignecli by DataFrame.to_sql, which inserts, or with `copy` by the COPY method of
pandas' own documentation. A hash of each row decides what the merge changes. No record of changes, no cache, no
deletes, no check that all rows came. With SINCE, a timestamp, only rows that changed then or later. Reads
COURANT_PROGRESS_ODBC and PG*; prints what it did as JSON.
"""

import csv
import hashlib
import io
import json
import os
import sys

import pandas as pd
import pyodbc
from sqlalchemy import URL, create_engine, text

TABLE = "lignecli"
KEY = ["num-cde", "num-lig"]
CHUNK_ROWS = 5_000


def target():
    url = URL.create(
        "postgresql+psycopg2",
        username=os.environ["PGUSER"],
        password=os.environ["PGPASSWORD"],
        host=os.environ["PGHOST"],
        port=int(os.environ["PGPORT"]),
        database=os.environ["PGDATABASE"],
    )
    return create_engine(url)


def source_rows(since):
    query = f'SELECT * FROM "PUB"."{TABLE}"'
    if since:
        query += f" WHERE \"date-modif\" >= {{ts '{since}'}}"
    connection = pyodbc.connect(os.environ["COURANT_PROGRESS_ODBC"])
    # As pyodbc's wiki says for psqlodbc.
    for kind in (pyodbc.SQL_CHAR, pyodbc.SQL_WCHAR):
        connection.setdecoding(kind, encoding="utf-8", ctype=pyodbc.SQL_CHAR)
    yield from pd.read_sql(query, connection, chunksize=CHUNK_ROWS)
    connection.close()


def with_hash(chunk):
    rows = chunk.to_numpy().tolist()
    chunk["hashdiff"] = [hashlib.sha256("|".join(map(str, row)).encode()).hexdigest() for row in rows]
    return chunk


def insert_by_copy(table, connection, keys, rows):
    """As pandas' user guide has it ("Insertion method", psql_insert_copy)."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    buffer.seek(0)
    columns = ", ".join(f'"{key}"' for key in keys)
    with connection.connection.cursor() as cursor:
        cursor.copy_expert(f"COPY {table.schema}.{table.name} ({columns}) FROM STDIN WITH CSV", buffer)


def stage(engine, how, since):
    method = insert_by_copy if how == "copy" else None
    rows = 0
    for chunk in source_rows(since):
        if_exists = "append" if rows else "replace"
        with_hash(chunk).to_sql(TABLE, engine, schema="stg", if_exists=if_exists, index=False, method=method)
        rows += len(chunk)
    return rows, list(chunk.columns)


def merge(connection, target, columns):
    """Rows that are new or have another hash."""
    key = ", ".join(f'"{name}"' for name in KEY)
    connection.execute(
        text(f"CREATE TABLE IF NOT EXISTS {target} (LIKE stg.{TABLE}, UNIQUE ({key}))")
    )
    names = ", ".join(f'"{name}"' for name in columns)
    changes = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in KEY)
    merged = connection.execute(
        text(
            f"INSERT INTO {target} AS t ({names}) SELECT {names} FROM stg.{TABLE} "
            f"ON CONFLICT ({key}) DO UPDATE SET {changes} WHERE t.hashdiff <> excluded.hashdiff"
        )
    )
    return merged.rowcount


def main(how, since=None):
    engine = target()
    with engine.begin() as connection:
        for schema in ("stg", "ods"):
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {schema}"))
    rows, columns = stage(engine, how, since)
    with engine.begin() as connection:
        merged = merge(connection, f"ods.{TABLE}_{how}", columns)
    print(json.dumps({"rows": rows, "merged": merged}))


if __name__ == "__main__":
    main(*sys.argv[1:])
