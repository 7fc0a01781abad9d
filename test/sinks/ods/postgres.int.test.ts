import { after } from 'node:test'
import { odsContract } from '../../contracts/ods.contract.ts'
import { odsRefusalsContract } from '../../contracts/ods-refusals.contract.ts'
import { odsValuesContract } from '../../contracts/ods-values.contract.ts'
import { asAdmin } from '../../support/postgres-admin.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'

const stack = sharedStack('postgres')
const database = unique('ods')
const { PGUSER = '', PGPASSWORD = '', PGHOST = '', PGPORT = '' } = stack
const env = { COURANT_ODS_URL: `postgres://${PGUSER}:${PGPASSWORD}@${PGHOST}:${PGPORT}/${database}` }

after(() => asAdmin(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`))

odsContract('PostgreSQL', () => env)
odsRefusalsContract('PostgreSQL', () => env)
odsValuesContract('PostgreSQL', () => env)
