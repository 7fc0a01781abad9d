-- What came of the notifications that a user got on a day (UTC), by content. time_spend_after_success is in whole
-- seconds; what several notifications of one row led to is counted once.
WITH candidates AS (
  SELECT
    n.user_id,
    n.notification_time,
    n.notification_id,
    n.content,
    n.success_at,
    s.ended_at,
    CASE WHEN s.started_at < n.success_at THEN n.success_at ELSE s.started_at END AS used_from,
    ROW_NUMBER() OVER (
      PARTITION BY n.user_id, n.notification_time, n.notification_id
      ORDER BY
        CASE WHEN s.started_at < n.success_at THEN n.success_at ELSE s.started_at END,
        s.ended_at DESC
    ) AS choice
  FROM notifications n
  LEFT JOIN sessions s
    ON s.user_id = n.user_id
    AND s.started_at <= n.success_at + 1800000000
    AND (s.ended_at > n.success_at OR s.started_at >= n.success_at)
),
used AS (
  SELECT
    user_id,
    content,
    notification_time - notification_time % 86400000000 AS day_start,
    success_at,
    COALESCE(used_from, 0) AS used_from,
    COALESCE(ended_at, 0) AS used_until
  FROM candidates
  WHERE choice = 1
),
covered AS (
  SELECT
    user_id,
    content,
    day_start,
    success_at,
    used_from,
    used_until,
    MAX(used_until) OVER (
      PARTITION BY user_id, content, day_start
      ORDER BY used_from, used_until
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS covered_until
  FROM used
),
spent AS (
  SELECT
    user_id,
    content,
    day_start,
    CASE WHEN success_at IS NULL THEN 0 ELSE 1 END AS success,
    CASE
      WHEN covered_until IS NULL OR covered_until <= used_from THEN used_until - used_from
      WHEN covered_until < used_until THEN used_until - covered_until
      ELSE 0
    END AS micros
  FROM covered
)
SELECT
  user_id,
  content AS content_notif,
  DATE '1970-01-01' + CAST(day_start / 86400000000 AS INT) AS notif_date,
  MAX(success) = 1 AS is_success,
  CAST((SUM(micros) - SUM(micros) % 1000000) / 1000000 AS BIGINT) AS time_spend_after_success
FROM spent
GROUP BY user_id, content, day_start
