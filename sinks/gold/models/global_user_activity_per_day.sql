-- What a user did on a day (UTC). total_spend_time is in whole seconds; overlapping sessions are counted once. Money is
-- exact up to the widest amount and rate (36 digits), a million such purchases a day: whole units and what is behind
-- the point are added apart, since their sum together would not fit 38 digits.
WITH pieces AS (
  -- A session lasts 24 hours at most, so midnight cuts it into two pieces at most.
  SELECT
    user_id,
    started_at - started_at % 86400000000 AS day_start,
    started_at,
    CASE
      WHEN ended_at > started_at - started_at % 86400000000 + 86400000000
        THEN started_at - started_at % 86400000000 + 86400000000
      ELSE ended_at
    END AS ended_at
  FROM sessions
  UNION ALL
  SELECT
    user_id,
    started_at - started_at % 86400000000 + 86400000000 AS day_start,
    started_at - started_at % 86400000000 + 86400000000 AS started_at,
    ended_at
  FROM sessions
  WHERE ended_at > started_at - started_at % 86400000000 + 86400000000
),
covered AS (
  SELECT
    user_id,
    day_start,
    started_at,
    ended_at,
    MAX(ended_at) OVER (
      PARTITION BY user_id, day_start
      ORDER BY started_at, ended_at
      ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    ) AS covered_until
  FROM pieces
),
spent AS (
  SELECT
    user_id,
    day_start,
    CASE
      WHEN covered_until IS NULL OR covered_until <= started_at THEN ended_at - started_at
      WHEN covered_until < ended_at THEN ended_at - covered_until
      ELSE 0
    END AS micros
  FROM covered
),
priced AS (
  -- 19 digits: DuckDB multiplies numbers of 18 in 64 bits, which overflow.
  SELECT p.user_id, p.purchase_time, CAST(CAST(p.amount AS DECIMAL(19, 4)) * r.rate AS DECIMAL(36, 12)) AS money
  FROM in_purchases p
  JOIN in_rates r
    ON r.currency = p.currency AND p.purchase_time >= r.valid_from AND p.purchase_time < r.valid_to
),
floored AS (
  SELECT user_id, purchase_time, money, CAST(FLOOR(money) AS DECIMAL(24, 0)) AS whole_money
  FROM priced
),
parts AS (
  SELECT
    user_id,
    day_start,
    0 AS connexions,
    micros,
    0 AS messages,
    CAST(0 AS DECIMAL(28, 0)) AS whole_money,
    CAST(0 AS DECIMAL(28, 12)) AS rest_of_money
  FROM spent
  WHERE micros > 0
  UNION ALL
  SELECT user_id, event_time - event_time % 86400000000, 1, 0, 0, CAST(0 AS DECIMAL(28, 0)), CAST(0 AS DECIMAL(28, 12))
  FROM in_session_events
  WHERE event_type = 'login'
  UNION ALL
  SELECT user_id, created_at - created_at % 86400000000, 0, 0, 1, CAST(0 AS DECIMAL(28, 0)), CAST(0 AS DECIMAL(28, 12))
  FROM in_messages
  UNION ALL
  SELECT
    user_id,
    purchase_time - purchase_time % 86400000000,
    0,
    0,
    0,
    CAST(whole_money AS DECIMAL(28, 0)),
    CAST(money - whole_money AS DECIMAL(28, 12))
  FROM floored
)
SELECT
  user_id,
  DATE '1970-01-01' + CAST(day_start / 86400000000 AS INT) AS date,
  CAST(SUM(connexions) AS BIGINT) AS total_nbr_connexion,
  CAST((SUM(micros) - SUM(micros) % 1000000) / 1000000 AS BIGINT) AS total_spend_time,
  CAST(SUM(messages) AS BIGINT) AS total_message_send_this_day,
  CAST(
    CAST(SUM(whole_money) AS DECIMAL(34, 4)) + CAST(SUM(rest_of_money) AS DECIMAL(34, 4)) AS DECIMAL(38, 4)
  ) AS total_money_spend
FROM parts
GROUP BY user_id, day_start
