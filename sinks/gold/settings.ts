import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Setting, type Settings, wholeNumber } from '../../runtime/settings.ts'

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
  fileMode: {
    env: 'COURANT_GOLD_FILE_MODE',
    describe:
      'Rights of that file and of the Silver files its views read: 600 for our own account alone, 640 for its group, 644 for everybody on the machine',
    default: '600',
    check: (text) => (/^[0-7]?[67][0-7][0-7]$/.test(text) ? null : 'must be a mode such as 640')
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

/** Where analysts find the database, and who may read it beside us. */
export const publishedAs = (settings: Settings): { readonly to: string; readonly mode: number | null } => ({
  to: resolve(settings.text(goldSettings.analyticsPath)),
  mode: sharedMode(settings)
})

/** The mode of what analysts read; null where it is what everything of ours has. */
export function sharedMode(settings: Settings): number | null {
  const text = settings.text(goldSettings.fileMode)
  return text === goldSettings.fileMode.default ? null : Number.parseInt(text, 8)
}
