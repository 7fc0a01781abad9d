-- One row per session: [started_at, ended_at) in microseconds. From its login (without one: its first event) to the
-- first logout after that (without one: its last event), 24 hours at most.
WITH starts AS (
  SELECT
    user_id,
    session_id,
    COALESCE(MIN(CASE WHEN event_type = 'login' THEN event_time END), MIN(event_time)) AS started_at
  FROM in_session_events
  GROUP BY user_id, session_id
),
spans AS (
  SELECT
    s.user_id,
    s.session_id,
    s.started_at,
    COALESCE(MIN(CASE WHEN e.event_type = 'logout' THEN e.event_time END), MAX(e.event_time)) AS ended_at
  FROM starts s
  JOIN in_session_events e
    ON e.user_id = s.user_id AND e.session_id = s.session_id AND e.event_time >= s.started_at
  GROUP BY s.user_id, s.session_id, s.started_at
)
SELECT
  user_id,
  session_id,
  started_at,
  CASE WHEN ended_at > started_at + 86400000000 THEN started_at + 86400000000 ELSE ended_at END AS ended_at
FROM spans
