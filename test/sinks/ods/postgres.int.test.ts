import { after, before } from 'node:test'
import { Client } from 'pg'
import { odsContract } from '../../contracts/ods.contract.ts'
import { odsValuesContract } from '../../contracts/ods-values.contract.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'

const stack = sharedStack('postgres')
const database = unique('ods')
const { PGUSER = '', PGPASSWORD = '', PGHOST = '', PGPORT = '' } = stack
const env = { COURANT_ODS_URL: `postgres://${PGUSER}:${PGPASSWORD}@${PGHOST}:${PGPORT}/${database}` }

const admin = new Client({
  host: PGHOST,
  port: Number(PGPORT),
  user: PGUSER,
  password: PGPASSWORD,
  database: 'postgres'
})
before(() => admin.connect())
after(async () => {
  await admin.query(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`)
  await admin.end()
})

odsContract('PostgreSQL', () => env)
odsValuesContract('PostgreSQL', () => env)
