-- One row per notification that was not deleted, with its newest content. success_at is the earliest time at which
-- any version of it, or of its state in the application, says read, opened or clicked; null if none does. Of what was
-- deleted and inserted anew, only versions since then count.
WITH versions AS (
  SELECT
    user_id,
    notification_time,
    notification_id,
    content,
    state,
    seen_at,
    ROW_NUMBER() OVER (
      PARTITION BY user_id, notification_time, notification_id
      ORDER BY version DESC, log_offset DESC
    ) AS age,
    SUM(CASE WHEN is_deleted THEN 1 ELSE 0 END) OVER (
      PARTITION BY user_id, notification_time, notification_id
      ORDER BY version DESC, log_offset DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS deletes_since
  FROM in_notifications
),
newest AS (
  SELECT user_id, notification_time, notification_id, content
  FROM versions
  WHERE age = 1 AND deletes_since = 0
),
state_versions AS (
  SELECT
    user_id,
    notification_id,
    status,
    seen_at,
    SUM(CASE WHEN is_deleted THEN 1 ELSE 0 END) OVER (
      PARTITION BY id
      ORDER BY version DESC, log_offset DESC
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
    ) AS deletes_since
  FROM in_notification_states
),
reached AS (
  SELECT user_id, notification_time, notification_id, seen_at
  FROM versions
  WHERE deletes_since = 0 AND state IN ('read', 'opened', 'clicked')
  UNION ALL
  SELECT n.user_id, n.notification_time, n.notification_id, s.seen_at
  FROM state_versions s
  JOIN newest n ON n.user_id = s.user_id AND n.notification_id = s.notification_id
  WHERE s.deletes_since = 0 AND s.status IN ('read', 'opened', 'clicked')
)
SELECT n.user_id, n.notification_time, n.notification_id, n.content, MIN(r.seen_at) AS success_at
FROM newest n
LEFT JOIN reached r
  ON r.user_id = n.user_id
  AND r.notification_time = n.notification_time
  AND r.notification_id = n.notification_id
GROUP BY n.user_id, n.notification_time, n.notification_id, n.content
