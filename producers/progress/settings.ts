import { stateDir } from '../../runtime/files/positions.ts'
import { isTimeZone } from './source-clock.ts'
import { oneOf, type Setting, wholeNumber } from '../../runtime/settings.ts'

/** How OpenEdge is reached. */
export const connectionSettings = {
  connectionString: {
    env: 'COURANT_PROGRESS_ODBC',
    describe:
      'ODBC connection string of the OpenEdge database, such as DSN=erp;UID=courant;PWD=… (its user needs SELECT on the tables and on sysprogress)',
    secret: true
  },
  isolation: {
    env: 'COURANT_PROGRESS_ISOLATION',
    describe:
      'DefaultIsolationLevel of the connection; READ UNCOMMITTED is refused, because it returns wrong rows',
    default: 'READ COMMITTED',
    check: oneOf('READ COMMITTED', 'REPEATABLE READ', 'SERIALIZABLE')
  },
  schema: {
    env: 'COURANT_PROGRESS_SCHEMA',
    describe: 'Schema of the OpenEdge tables',
    default: 'PUB'
  },
  timeZone: {
    env: 'COURANT_PROGRESS_TIME_ZONE',
    describe:
      "Time zone of the OpenEdge server's clock, such as Europe/Paris; without it, what its clock differs from this machine's, to the quarter of an hour",
    default: '',
    check: (text: string) =>
      text === '' || isTimeZone(text) ? null : 'must be the name of a time zone, such as Europe/Paris'
  },
  connectTimeoutS: {
    env: 'COURANT_PROGRESS_CONNECT_TIMEOUT_S',
    describe: 'Seconds a connection to OpenEdge may take',
    default: '15',
    check: wholeNumber(1, 600)
  }
} as const satisfies Record<string, Setting>

/** How a table is read. */
export const readingSettings = {
  blockBytes: {
    env: 'COURANT_PROGRESS_BLOCK_BYTES',
    describe: 'Bytes of buffers for the rows of one fetch; decides how many rows that is',
    default: '50000000',
    check: wholeNumber(1)
  },
  pollMs: {
    env: 'COURANT_PROGRESS_POLL_MS',
    describe: 'How long after a poll of a watched table the next begins, in milliseconds',
    default: '30000',
    check: wholeNumber(10)
  },
  idleRunMs: {
    env: 'COURANT_PROGRESS_IDLE_RUN_MS',
    describe:
      'How long a watched table may be without changes before an empty run says that it was looked at, in milliseconds',
    default: '300000',
    check: wholeNumber(0)
  }
} as const satisfies Record<string, Setting>

export const progressSettings: readonly Setting[] = [
  ...Object.values(connectionSettings),
  ...Object.values(readingSettings),
  stateDir
]
