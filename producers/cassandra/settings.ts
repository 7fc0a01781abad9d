import type { types } from 'cassandra-driver'
import { inClear } from '../../runtime/process/production.ts'
import { oneOf, type Risk, type Setting, type Settings, wholeNumber } from '../../runtime/settings.ts'

/** Consistency levels a read may have; with replicas, QUORUM or LOCAL_QUORUM sees what was acknowledged at QUORUM. */
export const readLevels: Readonly<Record<string, keyof typeof types.consistencies>> = {
  ONE: 'one',
  TWO: 'two',
  THREE: 'three',
  QUORUM: 'quorum',
  ALL: 'all',
  LOCAL_QUORUM: 'localQuorum',
  LOCAL_ONE: 'localOne'
}

function cassandraRisks(settings: Settings): Risk[] {
  const { contactPoints, tls } = connectionSettings
  return inClear('cassandra-plaintext', {
    addresses: settings.text(contactPoints).split(','),
    isEncrypted: settings.text(tls) === 'true',
    remedy: `set ${tls.env}=true`
  })
}

/** How Cassandra is reached. */
export const connectionSettings = {
  contactPoints: {
    env: 'COURANT_CASSANDRA_CONTACT_POINTS',
    describe: 'Cassandra nodes to ask first: host:port, separated by commas',
    default: '127.0.0.1:9042',
    risks: cassandraRisks
  },
  datacenter: {
    env: 'COURANT_CASSANDRA_DATACENTER',
    describe: 'The Cassandra data centre that is read',
    default: 'datacenter1'
  },
  keyspace: {
    env: 'COURANT_CASSANDRA_KEYSPACE',
    describe: 'The keyspace of the tables',
    default: 'social',
    check: (text) => (/^\w{1,48}$/.test(text) ? null : 'must be 1 to 48 letters, digits or underscores')
  },
  username: {
    env: 'COURANT_CASSANDRA_USERNAME',
    describe: 'Cassandra user; empty where there is no login',
    default: ''
  },
  password: {
    env: 'COURANT_CASSANDRA_PASSWORD',
    describe: 'Password of the Cassandra user',
    secret: true,
    default: ''
  },
  tls: {
    env: 'COURANT_CASSANDRA_TLS',
    describe: 'Whether to connect with TLS, checked against the system certificates or NODE_EXTRA_CA_CERTS',
    default: 'false',
    check: oneOf('true', 'false')
  },
  consistency: {
    env: 'COURANT_CASSANDRA_CONSISTENCY',
    describe: 'Consistency of reads; at least LOCAL_QUORUM where the keyspace has replicas',
    default: 'LOCAL_QUORUM',
    check: oneOf(...Object.keys(readLevels))
  },
  timeoutMs: {
    env: 'COURANT_CASSANDRA_TIMEOUT_MS',
    describe: 'How long a request may take before its page is read again with fewer rows',
    default: '12000',
    check: wholeNumber(100)
  }
} as const satisfies Record<string, Setting>

/** How a table is read. */
export const readingSettings = {
  pollMs: {
    env: 'COURANT_CASSANDRA_POLL_MS',
    describe: 'Time between the starts of two looks at the newest rows',
    default: '500',
    check: wholeNumber(10)
  },
  compareMs: {
    env: 'COURANT_CASSANDRA_COMPARE_MS',
    describe:
      'Time between the starts of two full comparisons at most, which find deletes, expiry and late rows; 100 times what the last one took, at least 10 s, where that is less',
    default: '600000',
    check: wholeNumber(100)
  },
  overlapMs: {
    env: 'COURANT_CASSANDRA_OVERLAP_MS',
    describe: 'How late a row may become visible, by its own time, and still be found by the next poll',
    default: '10000',
    check: wholeNumber(0)
  },
  pageRows: {
    env: 'COURANT_CASSANDRA_PAGE_ROWS',
    describe: 'Rows in a page; halved for a while when a page times out',
    default: '1000',
    check: wholeNumber(1, 50_000)
  },
  maxRowsPerSecond: {
    env: 'COURANT_CASSANDRA_MAX_ROWS_PER_SECOND',
    describe: 'Rows of full passes a second and table; 0 for no limit',
    default: '0',
    check: wholeNumber(0)
  },
  ranges: {
    env: 'COURANT_CASSANDRA_RANGES',
    describe: 'Parts of the token ring a full pass is split into, each with a position of its own',
    default: '16',
    check: wholeNumber(1, 65_536)
  }
} as const satisfies Record<string, Setting>
