import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import { Client } from 'pg'
import { sampleDatabase } from '../../../local/sample/connect-sources.ts'
import { Connection } from '../../../producers/postgres/connection.ts'
import { CourantError, type ErrorCode } from '../../../runtime/errors.ts'
import { type Environment, settingsFrom } from '../../../runtime/settings.ts'
import { openOds } from '../../../sinks/ods/open-ods.ts'
import { testContext } from '../../support/context.ts'
import { eventually } from '../../support/eventually.ts'
import { Line } from '../../support/line.ts'
import { ownStack, temporaryFolder } from '../../support/stack.ts'

/** Makes a server admit encrypted connections only; gives the certificate to trust it by. */
async function demandTls(t: TestContext, env: Environment): Promise<string> {
  const folder = temporaryFolder(t)
  const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => join(folder, name))
  const about = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2']
  const made = ['-newkey', 'rsa:2048', '-nodes', '-keyout', String(key), '-out', String(certificate)]
  execFileSync('openssl', ['req', '-x509', ...made, ...about], { stdio: 'pipe' })
  const { PGHOST = '', PGPORT, PGUSER, PGPASSWORD } = env
  const login = { host: PGHOST, port: Number(PGPORT), user: PGUSER ?? '', password: PGPASSWORD ?? '' }
  const admin = new Client({ ...login, database: 'postgres' })
  await admin.connect()
  // By the server's own hand, because the files must be its user's.
  const write = (file: string, text: string) =>
    admin.query(
      `COPY (SELECT unnest(string_to_array($text$${text}$text$, E'\\n')))
       TO PROGRAM 'umask 077; cat > ${file}'`
    )
  await write('server.key', readFileSync(String(key), 'utf8'))
  await write('server.crt', readFileSync(String(certificate), 'utf8'))
  await write('pg_hba.conf', 'hostssl all,replication all 127.0.0.1/32 scram-sha-256')
  await admin.query('ALTER SYSTEM SET ssl = on')
  await admin.query('SELECT pg_reload_conf()')
  await admin.end()
  await eventually(async () => {
    const late = new Client({ ...login, database: 'postgres' })
    const refused = await late.connect().then(
      () => false,
      () => true
    )
    await late.end()
    return refused
  })
  return String(certificate)
}

const says = (code: ErrorCode, pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CourantError && error.code === code, String(error))
  assert.match(error.message, pattern)
  return true
}

const skip = spawnSync('openssl', ['version']).status === 0 ? false : 'openssl is missing'

it('a PostgreSQL that admits encrypted connections only is reached by PGSSLMODE and PGSSLROOTCERT', {
  skip
}, async (t) => {
  const { env } = await ownStack(t, 'postgres')
  const certificate = await demandTls(t, env)
  const verified = { PGSSLMODE: 'verify-full', PGSSLROOTCERT: certificate }
  const rows = async (changes: Environment) => {
    const connection = new Connection(testContext({ ...env, ...changes }))
    try {
      return await connection.rows('a try', 'SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
    } finally {
      await connection.close()
    }
  }
  await assert.rejects(rows({}), says('SOURCE_REFUSED', /pg_hba\.conf.*PGSSLMODE to require or verify-full/))
  assert.deepEqual(await rows({ PGSSLMODE: 'require' }), [['true']])
  assert.deepEqual(await rows(verified), [['true']])
  const unknown = rows({ PGSSLMODE: 'verify-full' })
  await assert.rejects(unknown, says('SOURCE_REFUSED', /correct PGSSLMODE and PGSSLROOTCERT/))
  const nowhere = rows({ ...verified, PGSSLROOTCERT: '/nowhere.pem' })
  await assert.rejects(nowhere, says('CONFIG_INVALID', /PGSSLROOTCERT.*\/nowhere\.pem/))

  const odsRows = async (changes: Environment, query = '') => {
    const { PGUSER, PGPASSWORD, PGHOST, PGPORT } = env
    const url = `postgres://${PGUSER}:${PGPASSWORD}@${PGHOST}:${PGPORT}/postgres${query}`
    const ods = openOds(settingsFrom({ ...env, COURANT_ODS_URL: url, ...changes }))
    try {
      return await ods.query('try', { text: 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()' })
    } finally {
      await ods.close()
    }
  }
  await assert.rejects(odsRows({}), says('TARGET_REFUSED', /PGSSLMODE to require or verify-full/))
  assert.deepEqual(await odsRows({}, '?sslmode=require'), [{ ssl: true }])
  assert.deepEqual(await odsRows(verified), [{ ssl: true }])
  const untrusted = odsRows({ PGSSLMODE: 'verify-full' })
  await assert.rejects(untrusted, says('TARGET_REFUSED', /correct PGSSLMODE and PGSSLROOTCERT/))

  const sample = sampleDatabase(settingsFrom({ ...env, PGSSLMODE: 'require' }))
  const { rows: seen } = await sample.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')
  assert.deepEqual(seen, [{ ssl: true }])
  await sample.end()

  const line = await Line.to(`${env['PGHOST']}:${env['PGPORT']}`)
  t.after(() => line.close())
  const lost = new Connection(testContext({ ...env, ...verified, PGPORT: String(line.port) }))
  await lost.rows('a try', 'SELECT 1')
  line.goDark()
  // Also under TLS; it would wait for ever.
  await lost.close()
})
