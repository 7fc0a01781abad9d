import { stateDir } from '../../runtime/files/positions.ts'
import { sslMode, sslRootCert } from '../../runtime/postgres-tls.ts'
import { inClear } from '../../runtime/process/production.ts'
import { type Setting, oneOf, wholeNumber } from '../../runtime/settings.ts'
import { deleteGuardSettings, deletesAllowed } from '../../runtime/files/delete-guard.ts'

export const host: Setting = {
  env: 'PGHOST',
  describe: 'PostgreSQL host',
  default: '127.0.0.1',
  risks: (settings) =>
    inClear('postgres-plaintext', {
      addresses: [settings.text(host)],
      isEncrypted: settings.text(sslMode) !== 'disable',
      remedy: `set ${sslMode.env}=verify-full`
    })
}
export const port: Setting = {
  env: 'PGPORT',
  describe: 'PostgreSQL port',
  default: '5432',
  check: wholeNumber(1, 65_535)
}
export const user: Setting = {
  env: 'PGUSER',
  describe:
    'PostgreSQL user; it needs SELECT on the tables, pg_read_all_stats to see open transactions, and REPLICATION to follow the log',
  default: 'postgres'
}
export const password: Setting = {
  env: 'PGPASSWORD',
  describe: "The user's password",
  secret: true,
  default: ''
}
export const database: Setting = { env: 'PGDATABASE', describe: 'Database', default: 'postgres' }
export const schema: Setting = {
  env: 'COURANT_POSTGRES_SCHEMA',
  describe: 'Schema the tables are in',
  default: 'public'
}
/** Abbreviations are not taken: PostgreSQL's CET has no summer time. */
export const timeZone: Setting = {
  env: 'COURANT_POSTGRES_TIME_ZONE',
  describe:
    'Zone of the timestamps that are stored without one: UTC, or an IANA name such as Europe/Paris; UTC unless set',
  default: '',
  check: (text) =>
    text === '' || text === 'UTC' || (/^[A-Z]\w+(\/[\w+-]+)+$/i.test(text) && isKnownZone(text))
      ? null
      : 'must be UTC or the IANA name of a zone, such as Europe/Paris'
}

function isKnownZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

export const mode: Setting = {
  env: 'COURANT_POSTGRES_MODE',
  describe:
    'poll: read tables by cursor and comparison; log: follow the write-ahead log (logical replication)',
  default: 'poll',
  check: oneOf('poll', 'log')
}
export const slotPrefix: Setting = {
  env: 'COURANT_POSTGRES_SLOT_PREFIX',
  describe: 'First word of the names of replication slots and publications; of its own for each installation',
  default: 'courant',
  check: (text) => (/^[a-z][a-z0-9_]{0,19}$/.test(text) ? null : 'must be up to 20 of a-z, 0-9 and _')
}
export const pollMs: Setting = {
  env: 'COURANT_POSTGRES_POLL_MS',
  describe: 'How often a table is asked for changes, in milliseconds',
  default: '500',
  check: wholeNumber(1)
}
export const compareMs: Setting = {
  env: 'COURANT_POSTGRES_COMPARE_MS',
  describe:
    'How long after a comparison of all keys the next begins at most, in milliseconds; of a table with a cursor after 99 times what the last one took, at least 5 s',
  default: '600000',
  check: wholeNumber(1)
}
export const overlapMs: Setting = {
  env: 'COURANT_POSTGRES_OVERLAP_MS',
  describe:
    'How far before the last poll each poll looks for rows whose cursor lies in the past, in milliseconds',
  default: '60000',
  check: wholeNumber(0)
}
export const pageRows: Setting = {
  env: 'COURANT_POSTGRES_PAGE_ROWS',
  describe: 'Rows one query reads at most',
  default: '2000',
  check: wholeNumber(1, 100_000)
}
export const maxRowsPerSecond: Setting = {
  env: 'COURANT_POSTGRES_MAX_ROWS_PER_SECOND',
  describe: 'Rows a second that one pipeline reads at most in a snapshot or comparison; 0 is no limit',
  default: '0',
  check: wholeNumber(0)
}
export const statementTimeoutMs: Setting = {
  env: 'COURANT_POSTGRES_STATEMENT_TIMEOUT_MS',
  describe: 'How long one query may take, in milliseconds',
  default: '30000',
  check: wholeNumber(1)
}

export const postgresSettings: readonly Setting[] = [
  host,
  port,
  user,
  password,
  database,
  schema,
  timeZone,
  sslMode,
  sslRootCert,
  mode,
  slotPrefix,
  pollMs,
  compareMs,
  overlapMs,
  pageRows,
  maxRowsPerSecond,
  statementTimeoutMs,
  stateDir,
  deletesAllowed,
  ...deleteGuardSettings
]
