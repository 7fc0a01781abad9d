import { deleteGuardSettings } from '../../runtime/files/delete-guard.ts'
import { sslMode, sslRootCert } from '../../runtime/postgres-tls.ts'
import { inClear, passwordIn } from '../../runtime/process/production.ts'
import {
  type Environment,
  type Risk,
  type Setting,
  type Settings,
  wholeNumber
} from '../../runtime/settings.ts'
import { parseConnectionUrl, urlForm } from './connection-url.ts'
import { mergeWays } from './sqlserver/merge-ability.ts'

function odsRisks(settings: Settings, env: Environment): Risk[] {
  const { url, sslMode: mode } = odsSettings
  const target = parseConnectionUrl(settings.text(url))
  if (!target) return []
  const isPostgres = target.scheme === 'postgres'
  const isEncrypted = isPostgres
    ? (target.options.get('sslmode') ?? settings.text(mode)) !== 'disable'
    : target.options.get('encrypt') !== 'false'
  const remedy = `end ${url.env} with ${isPostgres ? '?sslmode=verify-full' : '?encrypt=true'}`
  const isOpen = (parseConnectionUrl(env[url.env] ?? '')?.password ?? '') !== ''
  return [
    ...inClear('ods-plaintext', { addresses: [target.host], isEncrypted, remedy }),
    ...(isOpen ? [passwordIn('ods-password-in-url', url)] : [])
  ]
}

/** Where the ODS is, and how it is written. */
export const odsSettings = {
  url: {
    env: 'COURANT_ODS_URL',
    describe:
      'Database of the ODS: postgres://user:password@host:port/database, with ?sslmode=require or verify-full in place of PGSSLMODE, or mssql:// for SQL Server (docs/ods.md has its options), with ?trustServerCertificate=true where its certificate is its own; without it PGHOST, PGPORT, PGUSER and PGPASSWORD, database ods',
    secret: true,
    default: '',
    check: (text) => (text === '' || parseConnectionUrl(text) ? null : urlForm),
    risks: odsRisks
  },
  host: { env: 'PGHOST', describe: 'PostgreSQL host', default: '127.0.0.1' },
  port: { env: 'PGPORT', describe: 'PostgreSQL port', default: '5432', check: wholeNumber(1, 65_535) },
  user: { env: 'PGUSER', describe: 'PostgreSQL user', default: 'postgres' },
  password: { env: 'PGPASSWORD', describe: "The user's password", secret: true, default: '' },
  sslMode,
  sslRootCert,
  cacheDir: {
    env: 'COURANT_ODS_CACHE_DIR',
    describe: 'Folder where runs are kept as Parquet, to be loaded again without Progress',
    default: '.courant/ods-cache'
  },
  duckdbMb: {
    env: 'COURANT_ODS_DUCKDB_MB',
    describe: 'Memory that DuckDB may use to write and read the Parquet cache, in MB',
    default: '400',
    check: wholeNumber(64)
  },
  deletesAllowed: {
    env: 'COURANT_ODS_DELETES_ALLOWED',
    describe:
      'Rows that a full run may always mark as deleted unasked; more only up to the share COURANT_MAX_DELETE_SHARE',
    default: '20',
    check: wholeNumber(0)
  },
  statementTimeoutMs: {
    env: 'COURANT_ODS_STATEMENT_TIMEOUT_MS',
    describe: 'How long one statement of the ODS may take, in milliseconds',
    default: '900000',
    check: wholeNumber(1000)
  },
  bulkRows: {
    env: 'COURANT_ODS_BULK_ROWS',
    describe: 'Rows of one bulk load into SQL Server',
    default: '2000',
    check: wholeNumber(1000, 5000)
  },
  logDays: {
    env: 'COURANT_ETL_LOG_DAYS',
    describe:
      'Days that runs stay in etl.ETL_Runs, and so in etl.ETL_Log; older ones go as their table is loaded',
    default: '400',
    check: wholeNumber(1)
  },
  merge: {
    env: 'COURANT_ODS_MERGE',
    describe:
      'How SQL Server takes rows without history: merge, update-insert (both in one transaction), or auto, which asks the server whether it has MERGE',
    default: 'auto',
    check: (text) =>
      (mergeWays as readonly string[]).includes(text) ? null : `must be ${mergeWays.join(', ')}`
  }
} as const satisfies Record<string, Setting>

/** Every setting of an ODS sink. */
export const odsSinkSettings: readonly Setting[] = [...Object.values(odsSettings), ...deleteGuardSettings]
