"""The old way: one day of the social application, from the databases to Gold, as a nightly batch does it.

usage: daily_elt.py DAY FOLDER   (DAY as YYYY-MM-DD, UTC)
PostgreSQL by PG* variables; Cassandra by COURANT_CASSANDRA_CONTACT_POINTS, _DATACENTER and _KEYSPACE.
Writes bronze (CSV), silver and gold (Parquet) and analytics.duckdb under FOLDER; prints what it wrote as JSON.
"""

import datetime
import json
import os
import sys
from pathlib import Path

import duckdb
import pandas as pd
import psycopg2
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.policies import DCAwareRoundRobinPolicy

# Small tables are extracted whole; the others by the day their rows changed.
POSTGRES = {
    "PG_Users": ("id, first_name, last_name, email, created_at, updated_at", None),
    "PG_Groups": ("id, name, description, created_at, updated_at", None),
    "PG_GroupsUsersUser": ("groups_id, users_id", None),
    "PG_Activities": ("*", "created_at"),
    "PG_NotificationStates": ("*", "updated_at"),
}
CASSANDRA = {
    "C_GroupMessages": "created_at",
    "C_UserNotifications": "notification_time",
    "C_UserPurchases": "purchase_time",
    "C_UserSessionEvents": "event_time",
}
RATES = {"EUR": "1.0", "USD": "0.92", "GBP": "1.17", "CHF": "1.04"}
REACHED = ("read", "opened", "clicked")


class Lake:
    def __init__(self, folder, day):
        self.folder = Path(folder)
        self.day = day
        self.rows = {}

    def path(self, layer, table, kind):
        folder = self.folder / layer / table / self.day
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{table}.{kind}"

    def bronze(self, table, frame):
        frame.to_csv(self.path("bronze", table, "csv"), index=False)
        self.rows[table] = len(frame)

    def silver(self, table, frame):
        frame.to_parquet(self.path("silver", table, "parquet"), compression="zstd", index=False)

    def silver_path(self, table):
        return self.path("silver", table, "parquet")


def extract_postgres(lake, first, last):
    frames = {}
    with psycopg2.connect("") as connection:
        for table, (columns, cursor_column) in POSTGRES.items():
            query = f'SELECT {columns} FROM "{table}"'
            limits = []
            if cursor_column:
                query += f" WHERE {cursor_column} >= %s AND {cursor_column} < %s"
                limits = [first, last]
            with connection.cursor() as cursor:
                cursor.execute(query, limits)
                names = [column.name for column in cursor.description]
                frames[table] = pd.DataFrame(cursor.fetchall(), columns=names)
            lake.bronze(table, frames[table])
    return frames


def extract_cassandra(lake, first, last):
    hosts = [point.split(":") for point in os.environ["COURANT_CASSANDRA_CONTACT_POINTS"].split(",")]
    profile = ExecutionProfile(
        load_balancing_policy=DCAwareRoundRobinPolicy(os.environ["COURANT_CASSANDRA_DATACENTER"]),
        row_factory=lambda names, rows: [tuple(row) for row in rows],
        request_timeout=120,
    )
    cluster = Cluster(
        [host for host, _ in hosts], port=int(hosts[0][1]), execution_profiles={EXEC_PROFILE_DEFAULT: profile}
    )
    session = cluster.connect(os.environ["COURANT_CASSANDRA_KEYSPACE"])
    session.default_fetch_size = 5000
    frames = {}
    for table, time_column in CASSANDRA.items():
        # A session of the day may have begun the day before.
        earliest = first - datetime.timedelta(days=1) if table == "C_UserSessionEvents" else first
        result = session.execute(
            f'SELECT * FROM "{table}" WHERE {time_column} >= %s AND {time_column} < %s ALLOW FILTERING',
            (earliest, last),
        )
        names = result.column_names
        frames[table] = pd.DataFrame(list(result), columns=names)
        lake.bronze(table, frames[table])
    cluster.shutdown()
    return frames


def as_text(frame, columns):
    for column in columns:
        frame[column] = frame[column].astype("str")


def tidy(series):
    return series.str.normalize("NFC").str.strip()


def clean(lake, frames):
    for table, frame in frames.items():
        ids = [name for name in frame.columns if name == "id" or name.endswith("_id")]
        as_text(frame, [*ids, *(name for name in ("groups_id", "users_id") if name in frame and name not in ids)])
        for name in frame.columns:
            if name.endswith(("_at", "_time")):
                frame[name] = pd.to_datetime(frame[name], utc=True)
    users = frames["PG_Users"]
    for name in ("first_name", "last_name", "email"):
        users[name] = tidy(users[name])
    users["email"] = users["email"].str.lower()
    frames["PG_Users"] = users[users["email"].str.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", na=False)]
    messages = frames["C_GroupMessages"]
    messages["content"] = tidy(messages["content"])
    frames["C_GroupMessages"] = messages[messages["content"].fillna("") != ""]
    purchases = frames["C_UserPurchases"]
    amount = pd.to_numeric(purchases["amount"])
    known = purchases["currency"].isin(RATES)
    frames["C_UserPurchases"] = purchases[(amount >= 0) & (amount < 1_000_000) & known]
    events = frames["C_UserSessionEvents"]
    events["event_type"] = tidy(events["event_type"]).str.lower()
    for table, frame in frames.items():
        lake.silver(table, frame)


ACTIVITY = """
CREATE TABLE global_user_activity_per_day AS
WITH bounds AS (SELECT CAST($day AS TIMESTAMPTZ) AS first, CAST($day AS TIMESTAMPTZ) + INTERVAL 1 DAY AS last),
session AS (
  SELECT user_id, session_id,
    coalesce(min(event_time) FILTER (event_type = 'login'), min(event_time)) AS began,
    coalesce(min(event_time) FILTER (event_type = 'logout'), max(event_time)) AS ended
  FROM events GROUP BY user_id, session_id),
span AS (
  SELECT user_id, greatest(began, first) AS began,
    least(ended, began + INTERVAL 24 HOUR, last) AS ended
  FROM session, bounds WHERE ended > first AND began < last),
marked AS (
  SELECT *, max(ended) OVER (PARTITION BY user_id ORDER BY began, ended
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM span),
spent AS (
  SELECT user_id, sum(greatest(0, epoch(ended) - epoch(greatest(began, coalesce(before, began))))) AS seconds
  FROM marked GROUP BY user_id),
logins AS (
  SELECT user_id, count(*) AS n FROM events, bounds
  WHERE event_type = 'login' AND event_time >= first GROUP BY user_id),
sent AS (SELECT user_id, count(*) AS n FROM messages GROUP BY user_id),
paid AS (
  SELECT user_id, sum(CAST(amount AS DECIMAL(18, 4)) * CAST(rate AS DECIMAL(9, 4))) AS total
  FROM purchases JOIN rates USING (currency) GROUP BY user_id),
people AS (
  SELECT user_id FROM spent UNION SELECT user_id FROM logins
  UNION SELECT user_id FROM sent UNION SELECT user_id FROM paid)
SELECT CAST(user_id AS UUID) AS user_id, CAST($day AS DATE) AS date,
  coalesce(logins.n, 0) AS total_nbr_connexion, coalesce(seconds, 0) AS total_spend_time,
  coalesce(sent.n, 0) AS total_message_send_this_day, coalesce(total, 0) AS total_money_spend
FROM people LEFT JOIN spent USING (user_id) LEFT JOIN logins USING (user_id)
  LEFT JOIN sent USING (user_id) LEFT JOIN paid USING (user_id)
"""

IMPACT = """
CREATE TABLE global_notif_impact_per_day AS
WITH session AS (
  SELECT user_id, coalesce(min(event_time) FILTER (event_type = 'login'), min(event_time)) AS began,
    least(coalesce(min(event_time) FILTER (event_type = 'logout'), max(event_time)),
      min(event_time) + INTERVAL 24 HOUR) AS ended
  FROM events GROUP BY user_id, session_id),
reached AS (
  SELECT n.user_id, n.content, n.notification_time,
    least(CASE WHEN n.state IN $reached THEN n.modified_at END, s.first_at) AS success_at
  FROM notifications n LEFT JOIN (
    SELECT notification_id, min(updated_at) AS first_at FROM states WHERE status IN $reached GROUP BY ALL) s
  USING (notification_id)),
used AS (
  SELECT r.user_id, r.content, r.notification_time, r.success_at, s.ended,
    greatest(r.success_at, s.began) AS began
  FROM reached r ASOF LEFT JOIN session s
    ON r.user_id = s.user_id AND r.success_at + INTERVAL 30 MINUTE >= s.began)
SELECT CAST(user_id AS UUID) AS user_id, content AS content_notif, CAST($day AS DATE) AS notif_date,
  bool_or(success_at IS NOT NULL) AS is_success,
  sum(CASE WHEN success_at IS NOT NULL AND ended > began THEN epoch(ended) - epoch(began) ELSE 0 END)
    AS time_spend_after_success
FROM used GROUP BY ALL
"""

INPUTS = {
    "events": "C_UserSessionEvents",
    "messages": "C_GroupMessages",
    "purchases": "C_UserPurchases",
    "notifications": "C_UserNotifications",
    "states": "PG_NotificationStates",
}


def gold(lake):
    database = lake.folder / "analytics.duckdb"
    database.unlink(missing_ok=True)
    written = {}
    with duckdb.connect(str(database)) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        for view, table in INPUTS.items():
            connection.execute(f"CREATE VIEW {view} AS FROM read_parquet('{lake.silver_path(table)}')")
        connection.execute("CREATE TABLE rates (currency VARCHAR, rate VARCHAR)")
        connection.executemany("INSERT INTO rates VALUES (?, ?)", list(RATES.items()))
        connection.execute(ACTIVITY, {"day": lake.day})
        connection.execute(IMPACT, {"day": lake.day, "reached": list(REACHED)})
        for table in ("global_user_activity_per_day", "global_notif_impact_per_day"):
            file = lake.path("gold", table, "parquet")
            connection.execute(f"COPY {table} TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
            written[table] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return written


def main(day, folder):
    first = datetime.datetime.fromisoformat(day).replace(tzinfo=datetime.timezone.utc)
    last = first + datetime.timedelta(days=1)
    lake = Lake(folder, day)
    frames = {**extract_postgres(lake, first, last), **extract_cassandra(lake, first, last)}
    clean(lake, frames)
    print(json.dumps({"rows": lake.rows, "gold": gold(lake)}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
