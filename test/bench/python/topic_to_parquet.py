"""A plain consumer: Avro records of one topic to Parquet files by day, as one would write it in Python.

usage: topic_to_parquet.py TOPIC RECORDS FOLDER
Reads COURANT_KAFKA_BROKERS and COURANT_REGISTRY_URL; stops after RECORDS records; prints rows and bytes as JSON.
"""

import datetime
import io
import json
import os
import sys
import urllib.request
from collections import defaultdict
from pathlib import Path

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
from confluent_kafka import Consumer

ROWS_PER_FILE = 100_000
COLUMN_TYPES = {
    "uuid": pa.string(),
    "timestamp-micros": pa.timestamp("us", tz="UTC"),
    "date": pa.date32(),
}
TECHNICAL = {
    "_op": pa.string(),
    "_version": pa.int64(),
    "_changed_at": pa.timestamp("us", tz="UTC"),
    "_partition": pa.int32(),
    "_offset": pa.int64(),
}


class Schemas:
    """Schemas by id, fetched once each."""

    def __init__(self, url):
        self.url = url
        self.known = {}

    def get(self, schema_id):
        if schema_id not in self.known:
            with urllib.request.urlopen(f"{self.url}/schemas/ids/{schema_id}") as answer:
                schema = json.loads(json.load(answer)["schema"])
            self.known[schema_id] = (fastavro.parse_schema(plain(schema)), arrow_schema(schema))
        return self.known[schema_id]


def plain(schema):
    """Without logical types that fastavro would make an object of for each value; pyarrow takes text and numbers."""
    if isinstance(schema, list):
        return [plain(branch) for branch in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {name: plain(part) if name in ("type", "items") else part for name, part in schema.items()}
    if "fields" in schema:
        kept["fields"] = [plain(field) for field in schema["fields"]]
    if schema.get("logicalType") in ("uuid", "timestamp-micros"):
        del kept["logicalType"]
    return kept


def column_type(avro_type):
    if isinstance(avro_type, list):
        return column_type(next(branch for branch in avro_type if branch != "null"))
    if isinstance(avro_type, dict):
        if avro_type.get("logicalType") == "decimal":
            return pa.decimal128(avro_type["precision"], avro_type.get("scale", 0))
        return COLUMN_TYPES.get(avro_type.get("logicalType")) or column_type(avro_type["type"])
    return {"string": pa.string(), "long": pa.int64(), "int": pa.int32(), "boolean": pa.bool_()}[avro_type]


def arrow_schema(envelope):
    after = next(field for field in envelope["fields"] if field["name"] == "after")
    row = next(branch for branch in after["type"] if branch != "null")
    fields = [(field["name"], column_type(field["type"])) for field in row["fields"]]
    return pa.schema(fields + list(TECHNICAL.items()))


def day_of(micros):
    return datetime.datetime.fromtimestamp(micros / 1e6, datetime.timezone.utc).date().isoformat()


def flat_row(change, message):
    source = change["source"]
    row = dict(change["after"] or change["before"])
    row["_op"] = change["op"]
    row["_version"] = source["row_version"]
    row["_changed_at"] = source["ts_us"]
    row["_partition"] = message.partition()
    row["_offset"] = message.offset()
    return row


class DayFiles:
    """Rows by day, written as one file a day each time enough have come together."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.by_day = defaultdict(list)
        self.rows = 0
        self.files = 0
        self.bytes = 0

    def add(self, day, row):
        self.by_day[day].append(row)
        self.rows += 1

    def write(self, schema):
        for day, rows in self.by_day.items():
            target = self.folder / day
            target.mkdir(parents=True, exist_ok=True)
            file = target / f"part-{self.files:06}.parquet"
            pq.write_table(pa.Table.from_pylist(rows, schema=schema), file, compression="zstd")
            self.files += 1
            self.bytes += file.stat().st_size
        self.by_day.clear()


def main(topic, records, folder):
    schemas = Schemas(os.environ["COURANT_REGISTRY_URL"])
    consumer = Consumer(
        {
            "bootstrap.servers": os.environ["COURANT_KAFKA_BROKERS"],
            "group.id": f"bench-python-{os.getpid()}",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
        }
    )
    consumer.subscribe([topic])
    files = DayFiles(folder)
    schema = None
    seen = 0
    unwritten = 0
    while seen < records:
        for message in consumer.consume(10_000, timeout=1.0):
            if message.error():
                raise SystemExit(str(message.error()))
            seen += 1
            value = message.value()
            if value is None:
                continue
            envelope, schema = schemas.get(int.from_bytes(value[1:5], "big"))
            change = fastavro.schemaless_reader(io.BytesIO(value[5:]), envelope)
            files.add(day_of(change["source"]["ts_us"]), flat_row(change, message))
            unwritten += 1
        if unwritten >= ROWS_PER_FILE:
            files.write(schema)
            consumer.commit(asynchronous=False)
            unwritten = 0
    if unwritten > 0:
        files.write(schema)
        consumer.commit(asynchronous=False)
    consumer.close()
    print(json.dumps({"rows": files.rows, "files": files.files, "bytes": files.bytes}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
