import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseEnv } from 'node:util'
import { Client } from 'pg'
import { CourantProcess } from '../support/courant-process.ts'
import { eventually } from '../support/eventually.ts'
import { withoutOdbc } from '../support/odbc-erp.ts'
import { runCourant } from '../support/run-courant.ts'
import { temporaryFolder } from '../support/stack.ts'

test('a newcomer: courant up, etl sync, etl load produit full, SELECT * FROM etl.vw_LastRuns', {
  skip: withoutOdbc
}, async (t) => {
  const folder = temporaryFolder(t)
  const env = newcomersEnv(folder)
  const up = new CourantProcess('up', {
    args: ['up', 'kafka', 'registry', 'postgres'],
    env,
    logFile: join(folder, 'up.log')
  })
  up.start()
  t.after(() => up.end('SIGTERM'))
  const stackEnv = join(folder, 'stack.env')
  await eventually(() => existsSync(stackEnv), { timeoutMs: 120_000, what: 'the local stack is up' })

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

/** Nothing of servers is set, here neither, which a child inherits; what the commands write goes to a folder of the test. */
function newcomersEnv(folder: string): Record<string, string> {
  for (const name of Object.keys(process.env))
    if (/^(PG|MINIO_|AZURE_|COURANT_(?!CACHE_DIR))/.test(name)) delete process.env[name]
  return {
    ...(process.env as Record<string, string>),
    COURANT_DATA_DIR: folder,
    COURANT_STATE_DIR: join(folder, 'state'),
    COURANT_ODS_CACHE_DIR: join(folder, 'cache')
  }
}
