-- One row per notification that was not deleted, with its newest content. success_at is the earliest time at which
-- any version of it, or of its state in the application, says read, opened or clicked; null if none does.
WITH newest AS (
  SELECT user_id, notification_time, notification_id, content
  FROM (
    SELECT
      user_id,
      notification_time,
      notification_id,
      content,
      is_deleted,
      ROW_NUMBER() OVER (
        PARTITION BY user_id, notification_time, notification_id
        ORDER BY version DESC, log_offset DESC
      ) AS age
    FROM in_notifications
  ) versions
  WHERE age = 1 AND NOT is_deleted
),
newest_states AS (
  SELECT id
  FROM (
    SELECT
      id,
      is_deleted,
      ROW_NUMBER() OVER (PARTITION BY id ORDER BY version DESC, log_offset DESC) AS age
    FROM in_notification_states
  ) versions
  WHERE age = 1 AND NOT is_deleted
),
reached AS (
  SELECT user_id, notification_time, notification_id, seen_at
  FROM in_notifications
  WHERE NOT is_deleted AND state IN ('read', 'opened', 'clicked')
  UNION ALL
  SELECT n.user_id, n.notification_time, n.notification_id, s.seen_at
  FROM in_notification_states s
  JOIN newest_states a ON a.id = s.id
  JOIN newest n ON n.user_id = s.user_id AND n.notification_id = s.notification_id
  WHERE NOT s.is_deleted AND s.status IN ('read', 'opened', 'clicked')
)
SELECT n.user_id, n.notification_time, n.notification_id, n.content, MIN(r.seen_at) AS success_at
FROM newest n
LEFT JOIN reached r
  ON r.user_id = n.user_id
  AND r.notification_time = n.notification_time
  AND r.notification_id = n.notification_id
GROUP BY n.user_id, n.notification_time, n.notification_id, n.content
