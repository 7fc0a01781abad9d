import { fileURLToPath } from 'node:url'
import { type Setting, wholeNumber } from '../../runtime/settings.ts'

/** What the gold pipeline and its commands can be told. */
export const goldSettings = {
  dir: {
    env: 'COURANT_GOLD_DIR',
    describe: 'Folder where Gold keeps what it has read and the database it publishes copies of',
    default: '.courant/gold'
  },
  analyticsPath: {
    env: 'COURANT_ANALYTICS_PATH',
    describe: 'The DuckDB file that analysts open',
    default: '.courant/analytics.duckdb'
  },
  currency: {
    env: 'COURANT_GOLD_CURRENCY',
    describe: 'Currency of the money in Gold; the rates file must be written for it',
    default: 'EUR',
    check: (text) => (/^[A-Z]{3}$/.test(text) ? null : 'must be three capital letters, such as EUR')
  },
  rates: {
    env: 'COURANT_GOLD_RATES',
    describe:
      'CSV file currency,rate[,valid_from]: what one unit is worth in the Gold currency, from which day',
    default: fileURLToPath(new URL('./rates.csv', import.meta.url))
  },
  publishMs: {
    env: 'COURANT_GOLD_PUBLISH_MS',
    describe: 'Shortest time between two publications of Gold, in milliseconds',
    default: '500',
    check: wholeNumber(10)
  },
  parquetMs: {
    env: 'COURANT_GOLD_PARQUET_MS',
    describe: 'Shortest time between two writes of Gold Parquet files, in milliseconds',
    default: '30000',
    check: wholeNumber(10)
  },
  silverMs: {
    env: 'COURANT_GOLD_SILVER_MS',
    describe: 'Shortest time between two looks for new Silver files, in milliseconds',
    default: '5000',
    check: wholeNumber(10)
  },
  staleSeconds: {
    env: 'COURANT_ANALYTICS_STALE_SECONDS',
    describe:
      'How old what analysts see of a table may be at most; looks and publications are as frequent as that needs, and what is older is called stale',
    default: '30',
    check: wholeNumber(1)
  },
  graceMs: {
    env: 'COURANT_GOLD_GRACE_MS',
    describe: 'How long Silver files stay readable for someone who opened an older database, in milliseconds',
    default: '900000',
    check: wholeNumber(0)
  }
} as const satisfies Record<string, Setting>
