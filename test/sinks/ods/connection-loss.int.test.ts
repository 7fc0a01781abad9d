import assert from 'node:assert/strict'
import { setImmediate as aMoment } from 'node:timers/promises'
import { describe, it, type TestContext } from 'node:test'
import { Client } from 'pg'
import { CourantError } from '../../../runtime/errors.ts'
import { CopyIn } from '../../../sinks/ods/postgres/copy-in.ts'
import { postgresDatabase } from '../../../sinks/ods/postgres/postgres-database.ts'
import { Line } from '../../support/line.ts'
import { sharedStack } from '../../support/stack.ts'

const { PGHOST: host = '', PGPORT: port = '', PGUSER: user, PGPASSWORD: password } = sharedStack('postgres')
const login = { user: user ?? '', password: password ?? '', database: 'postgres' }

async function odsFor(t: TestContext) {
  const line = await Line.to(`${host}:${port}`)
  t.after(() => line.close())
  const at = { host: '127.0.0.1', port: line.port, tls: false }
  return { line, ods: postgresDatabase({ ...login, ...at, statementTimeoutMs: 500 }) }
}

/** Fails when it takes longer than the deadlines in the code allow. */
async function soon<T>(what: string, work: Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(9000)
  const tooLate = new Promise<never>((_resolve, reject) =>
    late.addEventListener('abort', () => reject(new Error(`${what} still waits`)))
  )
  return Promise.race([work, tooLate])
}

const isTransient = (error: unknown) => {
  assert.ok(error instanceof CourantError && error.verdict === 'transient', String(error))
  assert.match(error.message, /The ODS neither answered nor cancelled when it was to try.*firewall/)
  return true
}

describe('an ODS in PostgreSQL that is lost without a word', { concurrency: 4 }, () => {
  it('fails the statement in hand, and the next one goes over another connection', async (t) => {
    const { line, ods } = await odsFor(t)
    await ods.query('try', { text: 'SELECT 1' })
    line.goDark()
    await assert.rejects(soon('the statement', ods.query('try', { text: 'SELECT 2' })), isTransient)
    line.mend()
    const asked = ods.query('try', { text: 'SELECT 3 AS three' })
    assert.deepEqual(await soon('the next one', asked), [{ three: 3 }])
    await soon('closing', ods.close())
  })

  it('is not waited for at the end, whatever is under way', async (t) => {
    const { line, ods } = await odsFor(t)
    const underWay = ods.transaction('try', async (session) => {
      line.goDark()
      await session.query('try', { text: 'SELECT 1' })
    })
    await Promise.all([assert.rejects(underWay), soon('closing', ods.close())])
  })

  it('fails a COPY that the server has stopped reading', async (t) => {
    const { line } = await odsFor(t)
    const client = new Client({ ...login, host: '127.0.0.1', port: line.port, query_timeout: 1000 })
    client.on('error', () => undefined)
    await client.connect()
    await client.query('CREATE TEMP TABLE copied (text text)')
    async function* endless() {
      for (;;) {
        yield Buffer.alloc(65_536, 'text\n')
        await aMoment()
        line.goDark()
      }
    }
    const copy = new CopyIn('COPY copied FROM STDIN', endless())
    client.query(copy)
    await assert.rejects(soon('the COPY', copy.done), /Query read timeout/)
    await soon('closing', client.end())
  })
})

describe('a COPY in time', () => {
  it('leaves no deadline behind that keeps the process alive', async (t) => {
    const client = new Client({ ...login, host, port: Number(port), query_timeout: 900_000 })
    t.after(() => client.end())
    await client.connect()
    await client.query('CREATE TEMP TABLE copied (text text)')
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
    const before = timers()
    async function* rows() {
      yield Buffer.from('a\nb\n')
    }
    const copy = new CopyIn('COPY copied FROM STDIN', rows())
    client.query(copy)
    await copy.done
    assert.equal(timers(), before)
    const { rows: counted } = await client.query('SELECT count(*)::int FROM copied')
    assert.deepEqual(counted, [{ count: 2 }])
  })
})
