import { Client, type ClientConfig } from 'pg'
import { createSourceSchema } from '../../local/sample/create-source-schema.ts'
import type { Environment } from '../../runtime/settings.ts'
import { unique } from '../support/unique.ts'

/** The sample's table of ten columns: uuids, short and longer texts, and instants. */
export const activitiesTable = 'PG_Activities'

const rowsAtOnce = 100_000

/** Makes a database of the benchmark's own with the social application's tables or others, and gives its name. */
export async function createDatabase(
  env: Environment,
  fill: (client: Client) => Promise<unknown> = (pg) => createSourceSchema({ pg })
): Promise<string> {
  const name = unique('bench').replace('-', '_')
  await withClient(env, async (client) => void (await client.query(`CREATE DATABASE ${name}`)))
  await withClient({ ...env, PGDATABASE: name }, fill)
  return name
}

export async function dropDatabase(env: Environment, name: string): Promise<void> {
  // Nobody drops the database he is connected to.
  await withClient({ ...env, PGDATABASE: 'postgres' }, async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  })
}

/**
 * Adds rows `from`..`to` inside the server: the same numbers give the same rows. They were created over the `days`
 * days before today, about 300 bytes each.
 */
export async function addActivities(
  env: Environment,
  { from, to, days }: { from: number; to: number; days: number }
): Promise<void> {
  await withClient(env, async (client) => {
    for (let first = from; first < to; first += rowsAtOnce)
      await client.query(insertActivities, [first, Math.min(first + rowsAtOnce, to) - 1, days])
    // The first snapshot should read a table in its everyday state: statistics known, hint bits set.
    await client.query(`VACUUM ANALYZE "${activitiesTable}"`)
  })
}

const insertActivities = `
  INSERT INTO "${activitiesTable}"
    (id, group_id, user_id, activity_type, title, description, location, scheduled_at, status, created_at)
  SELECT md5('activity ' || n)::uuid, md5('group ' || n % 5000)::uuid, md5('user ' || n % 100000)::uuid,
    (ARRAY['meetup', 'workshop', 'concert', 'hike', 'dinner'])[1 + n % 5],
    'Activity number ' || n || ' of the season',
    'Rendez-vous devant la gare à 9h, bring water, good shoes and a friend. Meeting point ' || n % 997,
    CASE WHEN n % 10 = 0 THEN NULL ELSE (ARRAY['Lyon', 'Genève', 'Nantes', 'Porto', 'Malmö'])[1 + n % 5] END,
    CASE WHEN n % 20 = 0 THEN NULL ELSE at + interval '1 hour' * (n % 700) END,
    (ARRAY['planned', 'confirmed', 'cancelled', 'done'])[1 + n % 4],
    at
  FROM generate_series($1::bigint, $2::bigint) AS n,
    LATERAL (SELECT date_trunc('day', now(), 'UTC') - interval '1 ms' * (1 + n * 7919 % ($3::bigint * 86400000))) AS t (at)`

/** Does something with a connection of its own to PGDATABASE of `env`. */
export async function withClient<T>(env: Environment, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(connectionOf(env))
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

/** Where pg connects; its own reading of PG* looks only at this process's environment. */
export function connectionOf(env: Environment): ClientConfig {
  const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE } = env
  return {
    port: Number(PGPORT ?? 5432),
    ...(PGHOST && { host: PGHOST }),
    ...(PGUSER && { user: PGUSER }),
    ...(PGPASSWORD && { password: PGPASSWORD }),
    ...(PGDATABASE && { database: PGDATABASE })
  }
}
