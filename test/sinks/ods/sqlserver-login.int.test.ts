import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { describe, it, type TestContext } from 'node:test'
import { settingsFrom } from '../../../runtime/settings.ts'
import { openOds } from '../../../sinks/ods/open-ods.ts'
import { FakeTds } from '../../support/fake-tds.ts'

function odsAt(t: TestContext, url: string) {
  const ods = openOds(settingsFrom({ COURANT_ODS_URL: url }))
  t.after(() => ods.close())
  return ods
}

async function fake(t: TestContext) {
  const tds = await FakeTds.start()
  t.after(() => tds.close())
  return { tds, ods: odsAt(t, tds.url) }
}

const one = { text: 'SELECT 1 AS [one];' }

describe('a SQL Server that does not let us in', () => {
  for (const [numbers, code, said] of [
    [[18456], 'TARGET_REFUSED', /18456.*correct user and password/],
    [[4060, 18456], 'TARGET_REFUSED', /4060.*does not exist, or the login has no user in it/],
    [[18401], 'TARGET_UNAVAILABLE', /starting, stopping, paused or being upgraded/],
    [[17142], 'TARGET_UNAVAILABLE', /starting, stopping, paused or being upgraded/],
    [[18451], 'TARGET_UNAVAILABLE', /only administrators/],
    [[18487], 'TARGET_REFUSED', /password has expired/],
    [[18452], 'TARGET_REFUSED', /authentication=ntlm/]
  ] as const)
    it(`says why in words: ${numbers.join(', ')}`, async (t) => {
      const { tds, ods } = await fake(t)
      tds.refusesLogin = () => numbers
      await assert.rejects(ods.query('try', one), { code, message: said })
    })

  for (const [state, code, said] of [
    [null, 'TARGET_REFUSED', /has no database 'ods'/],
    ['ONLINE', 'TARGET_REFUSED', /has no user in the database 'ods'/],
    ['RECOVERING', 'TARGET_UNAVAILABLE', /is RECOVERING: it is waited for/],
    ['SUSPECT', 'TARGET_REFUSED', /administrator bring it online/]
  ] as const)
    it(`asks what is the matter with a database that cannot be opened: ${state ?? 'there is none'}`, async (t) => {
      const { tds, ods } = await fake(t)
      tds.refusesLogin = (database) => (database === 'ods' ? [4060, 18456] : [])
      tds.reply = () => ({ columns: ['state'], rows: state === null ? [] : [[state]] })
      await assert.rejects(ods.query('try', one), { code, message: said })
    })

  it('lets us in once it has started', async (t) => {
    const { tds, ods } = await fake(t)
    tds.refusesLogin = () => [18401]
    await assert.rejects(ods.query('try', one), { code: 'TARGET_UNAVAILABLE' })
    tds.refusesLogin = () => []
    await ods.query('try', one)
  })

  it('says that its certificate is its own and what to do, and does not wait for another', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'courant-test-tls-'))
    t.after(() => rmSync(folder, { recursive: true, force: true }))
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost']
    execFileSync('openssl', [...made, '-keyout', key, '-out', cert], { stdio: 'ignore' })
    const server = createServer({
      key: readFileSync(key),
      cert: readFileSync(cert),
      ALPNProtocols: ['tds/8.0']
    })
    server.on('tlsClientError', () => undefined)
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    const { port } = server.address() as AddressInfo
    const ods = odsAt(t, `mssql://sa:x@localhost:${port}/ods?encrypt=strict`)
    await assert.rejects(ods.query('try', one), {
      code: 'TARGET_REFUSED',
      message:
        /certificate of SQL Server is not accepted: it is the server's own.*trustServerCertificate=true.*\?ca=/
    })
  })

  it('is not there', async (t) => {
    const ods = odsAt(t, 'mssql://sa:x@127.0.0.1:1/ods')
    await assert.rejects(ods.query('try', one), {
      code: 'TARGET_UNAVAILABLE',
      message: /takes TCP\/IP.*host and port/
    })
  })
})
