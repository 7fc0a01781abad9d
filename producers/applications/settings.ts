import { fileURLToPath } from 'node:url'
import { stateDir } from '../../runtime/files/positions.ts'
import { postgresUrl, sslMode, sslRootCert } from '../../runtime/postgres-tls.ts'
import { type Setting, wholeNumber } from '../../runtime/settings.ts'
import * as postgres from '../postgres/settings.ts'

export const databaseUrl = postgresUrl({
  env: 'COURANT_APPLICATIONS_DATABASE_URL',
  describe:
    'Database of job applications, as postgres://user:password@host:port/database; the one of PG* when empty',
  risk: 'applications'
})
export const mappingFile: Setting = {
  env: 'COURANT_APPLICATIONS_MAPPING',
  describe: 'JSON file with the names of tables and columns; it may name only what differs from the default',
  default: fileURLToPath(new URL('mapping.json', import.meta.url))
}
export const connections: Setting = {
  env: 'COURANT_APPLICATIONS_CONNECTIONS',
  describe: 'Connections to the database of job applications that one process opens at most',
  default: '4',
  check: wholeNumber(1, 100)
}
export const dailyAt: Setting = {
  env: 'COURANT_APPLICATIONS_DAILY_AT',
  describe: 'When the daily run over changed applications begins, HH:MM in UTC',
  default: '02:00',
  check: (text) => (/^([01]\d|2[0-3]):[0-5]\d$/.test(text) ? null : 'must be a time of day such as 02:00')
}
export const overlapMs: Setting = {
  env: 'COURANT_APPLICATIONS_OVERLAP_MS',
  describe:
    'How far before the start of the last daily run the next looks for changes, in milliseconds: longer than any transaction',
  default: '3600000',
  check: wholeNumber(0)
}

const { host, port, user, password, database, statementTimeoutMs } = postgres

/** What reading job applications needs. */
export const sourceSettings: readonly Setting[] = [
  databaseUrl,
  mappingFile,
  connections,
  host,
  port,
  user,
  password,
  database,
  sslMode,
  sslRootCert,
  statementTimeoutMs
]

export const dailySettings: readonly Setting[] = [...sourceSettings, dailyAt, overlapMs, stateDir]
