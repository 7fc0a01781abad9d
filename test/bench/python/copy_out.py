"""The limit for reading a table: PostgreSQL's own COPY through libpq, thrown away.

usage: copy_out.py TABLE   (connection by PG* variables); prints rows and bytes as JSON.
"""

import json
import sys

import psycopg2


class Counter:
    def __init__(self):
        self.bytes = 0

    def write(self, chunk):
        self.bytes += len(chunk)


def main(table):
    with psycopg2.connect("") as connection, connection.cursor() as cursor:
        counter = Counter()
        cursor.copy_expert(f'COPY "{table}" TO STDOUT', counter)
        print(json.dumps({"rows": cursor.rowcount, "bytes": counter.bytes}))


if __name__ == "__main__":
    main(sys.argv[1])
