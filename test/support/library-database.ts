/**
 * A database that was made for something else than Courant: a public library of sixteen tables, with composite keys,
 * partitions (one family without a key at the parent), arrays, enums, domains, ranges, tsvector, bytea, json and intervals.
 */
export const libraryTables = `
  CREATE TYPE genre AS ENUM ('novel', 'essay', 'poésie', 'children''s');
  CREATE DOMAIN year AS int CHECK (VALUE BETWEEN 1000 AND 2999);
  CREATE TABLE branch (branch_id smallint PRIMARY KEY, name varchar(80) NOT NULL, street_address text, opened date,
    opening int4range, last_update timestamptz NOT NULL DEFAULT '2026-01-01Z');
  COMMENT ON TABLE branch IS 'A building of the library.';
  COMMENT ON COLUMN branch.opening IS 'Hours between which it is open.';
  CREATE TABLE author (author_id serial PRIMARY KEY, first_name text, last_name text NOT NULL, born year,
    biography text, last_update timestamptz NOT NULL DEFAULT '2026-01-01Z');
  CREATE TABLE work (work_id bigserial PRIMARY KEY, title text NOT NULL, kind genre NOT NULL, tags text[],
    search tsvector GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED, first_published year,
    last_update timestamptz NOT NULL DEFAULT '2026-01-01Z');
  CREATE TABLE work_author (author_id int REFERENCES author, work_id bigint REFERENCES work, share numeric(5,4) NOT NULL,
    PRIMARY KEY (work_id, author_id));
  CREATE TABLE language (language_id char(2) PRIMARY KEY, name text NOT NULL);
  CREATE TABLE edition (work_id bigint, number int, language_id char(2), isbn text, pages int, weight real,
    price numeric(8,2), list_price numeric, cover bytea, details jsonb, PRIMARY KEY (work_id, number) INCLUDE (isbn));
  CREATE TABLE copy (copy_id uuid PRIMARY KEY, work_id bigint NOT NULL, number int NOT NULL, branch_id smallint,
    bought date, shelf point, is_lent boolean NOT NULL DEFAULT false, modified_at timestamp);
  CREATE TABLE member (member_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, first_name text NOT NULL,
    surname text NOT NULL, email text, phone text, date_of_birth date, last_ip inet, "commit" text, "Odd Name" text,
    updated_at timestamptz NOT NULL DEFAULT '2026-02-03 04:05:06.123456Z');
  CREATE TABLE staff (staff_id int PRIMARY KEY, username text NOT NULL, password text, picture bytea, last_update timestamp);
  CREATE TABLE loan (loan_id bigint, lent_at timestamptz NOT NULL, copy_id uuid NOT NULL, member_id bigint NOT NULL,
    due interval, back_at timestamptz, PRIMARY KEY (lent_at, loan_id)) PARTITION BY RANGE (lent_at);
  CREATE TABLE loan_2025 PARTITION OF loan FOR VALUES FROM ('2025-01-01Z') TO ('2026-01-01Z');
  CREATE TABLE loan_2026 PARTITION OF loan FOR VALUES FROM ('2026-01-01Z') TO ('2027-01-01Z');
  CREATE TABLE fine (fine_id int NOT NULL, paid_on date NOT NULL, amount numeric(5,2) NOT NULL) PARTITION BY RANGE (paid_on);
  CREATE TABLE fine_2026 PARTITION OF fine (PRIMARY KEY (fine_id)) FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE reservation (reservation_id int PRIMARY KEY, member_id bigint, period tstzrange NOT NULL, wishes int[][]);
  CREATE TABLE room (branch_id smallint NOT NULL, room_number int NOT NULL, seats int, area numeric(6,1));
  CREATE UNIQUE INDEX ON room (branch_id, room_number);
  CREATE TABLE reading (day date, branch_id smallint, visitors int, temperature double precision, PRIMARY KEY (day, branch_id));
  CREATE TABLE event (event_id uuid PRIMARY KEY, starts time NOT NULL, lasts interval, guests text[] NOT NULL, flyer xml,
    budget money, flags bit(4), changed_on timestamptz);
  CREATE TABLE "Supplier" ("SupplierId" int PRIMARY KEY, "CompanyName" text NOT NULL, "Email" text, "UpdatedAt" timestamptz NOT NULL DEFAULT now());
`

/** A few rows of each, with what is awkward of its type. */
export const libraryRows = `
  INSERT INTO branch SELECT i, 'Branch ' || i, i || ' High Street', date '1990-01-01' + i, int4range(8, 8 + i) FROM generate_series(1, 5) i;
  INSERT INTO author (first_name, last_name, born) SELECT CASE WHEN i % 5 > 0 THEN 'Ada' || i END, 'Öst''man' || i, 1800 + i FROM generate_series(1, 60) i;
  INSERT INTO work (title, kind, tags, first_published)
    SELECT 'The "book" ' || i, (enum_range(NULL::genre))[1 + i % 4], CASE WHEN i % 3 > 0 THEN ARRAY['a,b', 'x"y', i::text, NULL] END, 1900 + i
    FROM generate_series(1, 120) i;
  INSERT INTO work_author SELECT 1 + i % 60, i, 0.25 FROM generate_series(1, 120) i;
  INSERT INTO language VALUES ('fr', 'français'), ('en', 'English'), ('de', 'Deutsch');
  INSERT INTO edition SELECT i, n, 'fr', 'isbn-' || i, 100 + i, 0.1 * n, 12.5, 0.1234567890123456789 * i, '\\xdeadbeef', jsonb_build_object('n', n, 'é', ARRAY[1, 2])
    FROM generate_series(1, 60) i, generate_series(1, 2) n;
  INSERT INTO copy SELECT md5(i::text)::uuid, i, 1, 1 + i % 5, '2020-02-29', point(i, 0.5), i % 2 = 0, timestamp '2026-03-01 12:00' + i * interval '1 s' FROM generate_series(1, 60) i;
  INSERT INTO member (first_name, surname, email, phone, date_of_birth, last_ip, "Odd Name")
    SELECT 'Ada', 'Member ' || i, 'ada' || i || '@example.com', '+33 1 99 00 ' || i, '1990-05-05', '192.0.2.1', 'x' FROM generate_series(1, 80) i;
  INSERT INTO staff VALUES (1, 'ada', 'canary', '\\x00ff', NULL), (2, 'bob', 'canary', NULL, '2026-01-01');
  INSERT INTO loan SELECT i, timestamptz '2025-12-01Z' + i * interval '12 h', md5((1 + i % 60)::text)::uuid, 1 + i % 80, interval '21 days', NULL FROM generate_series(1, 200) i;
  INSERT INTO fine SELECT i, '2026-04-01', i / 10.0 FROM generate_series(1, 20) i;
  INSERT INTO reservation SELECT i, i, tstzrange('2026-05-01Z', '2026-05-02Z'), ARRAY[[1, i], [3, 4]] FROM generate_series(1, 20) i;
  INSERT INTO room SELECT 1 + i % 5, i, 10 * i, 12.5 FROM generate_series(1, 10) i;
  INSERT INTO reading SELECT date '2026-01-01' + i, 1, i, 20.1 + i / 3.0 FROM generate_series(1, 50) i;
  INSERT INTO event SELECT md5('e' || i)::uuid, '19:30', interval '1 mon 2 days 03:00:00', '{}', '<p/>', 12.5, B'1010', NULL FROM generate_series(1, 10) i;
  INSERT INTO "Supplier" SELECT i, 'Paper & ' || i, 'sales' || i || '@example.com' FROM generate_series(1, 7) i;
`
