import { Pool } from 'pg'
import { postgresTls } from '../../runtime/postgres-tls.ts'
import type { Settings } from '../../runtime/settings.ts'
import { connectCassandra } from '../../producers/cassandra/connect-cassandra.ts'
import { connectionSettings } from '../../producers/cassandra/settings.ts'
import * as postgres from '../../producers/postgres/settings.ts'
import type { CqlTarget, SqlTarget } from './targets.ts'

export interface ConnectedSources {
  readonly pg: SqlTarget
  readonly cassandra: CqlTarget
  close(): Promise<void>
}

/** The sample's PostgreSQL, by the producers' settings. */
export function sampleDatabase(settings: Settings): Pool {
  const pool = new Pool({
    host: settings.text(postgres.host),
    port: settings.number(postgres.port),
    user: settings.text(postgres.user),
    password: settings.optional(postgres.password) ?? '',
    database: settings.text(postgres.database),
    ssl: postgresTls(settings),
    max: 4
  })
  // An idle connection that the server ends is replaced at the next query.
  pool.on('error', () => undefined)
  return pool
}

/** Connects to both sources of the sample by the same settings as the producers (`PG*`, `COURANT_CASSANDRA_*`). */
export async function connectSources(settings: Settings): Promise<ConnectedSources> {
  const pool = sampleDatabase(settings)
  const client = await connectCassandra(settings)
  return {
    pg: pool,
    cassandra: { client, keyspace: settings.text(connectionSettings.keyspace) },
    async close() {
      await Promise.all([pool.end(), client.shutdown()])
    }
  }
}
