"""Runs the Gold models in Spark SQL, over inputs that were written as Parquet files.

usage: run_models_in_spark.py INPUTS MODELS OUTPUTS
INPUTS holds <input>.parquet, MODELS <model>.sql for each name in the order of names on standard input;
OUTPUTS gets <model>.json, an array of rows in which every value is text or null.
"""

import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession


def main(inputs, models, outputs):
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    for file in sorted(Path(inputs).glob("*.parquet")):
        spark.read.parquet(str(file)).createOrReplaceTempView(file.stem)
    for name in sys.stdin.read().split():
        frame = spark.sql(Path(models, f"{name}.sql").read_text(encoding="utf-8"))
        frame.createOrReplaceTempView(name)
        rows = [[None if value is None else text(value) for value in row] for row in frame.collect()]
        Path(outputs, f"{name}.json").write_text(json.dumps(rows), encoding="utf-8")
    spark.stop()


def text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


if __name__ == "__main__":
    main(*sys.argv[1:])
