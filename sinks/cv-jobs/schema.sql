-- What the CV service keeps of its jobs. Made at the first opening; each statement may run again.
CREATE SCHEMA IF NOT EXISTS cv;

CREATE TABLE IF NOT EXISTS cv.jobs (
  job_id uuid PRIMARY KEY,
  priority text NOT NULL,
  state text NOT NULL,
  accepted_at timestamptz NOT NULL,
  started_at timestamptz,
  ended_at timestamptz,
  starts integer NOT NULL DEFAULT 0,
  file_name text NOT NULL,
  object text,
  sha256 text NOT NULL,
  parser text,
  result jsonb,
  error jsonb,
  has_callback boolean NOT NULL
);
COMMENT ON TABLE cv.jobs IS 'One row a CV that was accepted: pending, running, done, failed or cancelled';
-- Since 2026-12: where its end is told, for a redelivery by hand.
ALTER TABLE cv.jobs ADD COLUMN IF NOT EXISTS callback jsonb;
COMMENT ON COLUMN cv.jobs.callback IS 'The id of its message, and address and secret, encrypted; null when nobody asked, or once erased';
COMMENT ON COLUMN cv.jobs.starts IS 'How often a worker began it; more than once where one died';
-- Positions in the queue, and how fast a lane goes.
CREATE INDEX IF NOT EXISTS jobs_pending ON cv.jobs (priority, accepted_at, job_id) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS jobs_ended ON cv.jobs (priority, ended_at DESC) WHERE ended_at IS NOT NULL;
-- The same file read by the same parser has the same result.
CREATE INDEX IF NOT EXISTS jobs_results ON cv.jobs (sha256, parser) WHERE state = 'done';

CREATE TABLE IF NOT EXISTS cv.callback_attempts (
  job_id uuid NOT NULL,
  attempt integer NOT NULL,
  at timestamptz NOT NULL,
  status integer,
  problem text,
  PRIMARY KEY (job_id, attempt)
);
COMMENT ON TABLE cv.callback_attempts IS 'One row an attempt to tell a caller that its job ended; status is the HTTP answer, problem why there is none';

CREATE TABLE IF NOT EXISTS cv.offsets (
  consumer_group text NOT NULL,
  topic text NOT NULL,
  partition_id integer NOT NULL,
  next_offset bigint NOT NULL,
  PRIMARY KEY (consumer_group, topic, partition_id)
);
COMMENT ON TABLE cv.offsets IS 'How far each topic is in these tables, written with the rows';
