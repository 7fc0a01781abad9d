import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseEnv } from 'node:util'
import { Client } from 'pg'
import { courantUp, newcomer } from '../support/newcomer.ts'
import { withoutOdbc } from '../support/odbc-erp.ts'
import { runCourant } from '../support/run-courant.ts'

test('a newcomer: courant up, etl sync, etl load produit full, SELECT * FROM etl.vw_LastRuns', {
  skip: withoutOdbc
}, async (t) => {
  const { folder, env } = newcomer(t)
  const stackEnv = await courantUp(t, { folder, env }, 'kafka', 'registry', 'postgres')

  const synced = await runCourant(['etl', 'sync'], { env })
  assert.equal(synced.code, 0, synced.err)
  assert.match(synced.err, /made the sample ERP/)
  const loaded = await runCourant(['etl', 'load', 'produit', 'full'], { env })
  assert.equal(loaded.code, 0, loaded.err)
  assert.match(loaded.out, /^produit: full load of 3,000 rows .* \(3,000 new, 0 changed, 0 deleted/)

  const { PGHOST, PGPORT, PGUSER, PGPASSWORD } = parseEnv(readFileSync(stackEnv, 'utf8'))
  const client = new Client({
    host: PGHOST,
    port: Number(PGPORT),
    user: PGUSER,
    password: PGPASSWORD,
    database: 'ods'
  })
  await client.connect()
  const { rows } = await client.query('SELECT * FROM etl.vw_LastRuns')
  await client.end()
  assert.deepEqual(
    rows.map(({ tablename, status, rowsinserted }) => [tablename, status, Number(rowsinserted)]),
    [['produit', 'succeeded', 3000]]
  )
})
