import { type Setting, wholeNumber } from '../../runtime/settings.ts'

export const patience: Setting = {
  env: 'COURANT_ETL_PATIENCE_MS',
  describe: 'How long a load waits for a server that does not answer before it fails, in milliseconds',
  default: '60000',
  check: wholeNumber(0)
}

export const reportsDir: Setting = {
  env: 'COURANT_ETL_REPORTS_DIR',
  describe: 'Folder where `courant etl profile` and `etl validate` write their reports',
  default: '.courant/reports'
}

export const etlSettings: readonly Setting[] = [patience, reportsDir]
