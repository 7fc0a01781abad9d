import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import { Connection, replicationConfig } from '../../../producers/postgres/connection.ts'
import { LogStream } from '../../../producers/postgres/log/log-stream.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { testContext } from '../../support/context.ts'
import { eventually } from '../../support/eventually.ts'
import { Line } from '../../support/line.ts'
import { Reading } from '../../support/reading.ts'
import { notes, numberedTable } from './numbered-table.ts'
import { SourceDatabase } from './source-database.ts'

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
})
after(() => source.drop())

/** A line of the test's own to the server, and settings that lead through it. */
async function lineFor(t: TestContext) {
  const line = await Line.to(`${source.env['PGHOST']}:${source.env['PGPORT']}`)
  t.after(() => line.close())
  const through = { PGPORT: String(line.port), COURANT_POSTGRES_STATEMENT_TIMEOUT_MS: '500' }
  return { line, through, context: testContext({ ...source.env, ...through }) }
}

/** Fails when it takes longer than the deadlines in the code allow. */
async function soon<T>(what: string, work: Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(9000)
  const tooLate = new Promise<never>((_resolve, reject) =>
    late.addEventListener('abort', () => reject(new Error(`${what} still waits`)))
  )
  return Promise.race([work, tooLate])
}

const isTransient = (advice: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CourantError && error.verdict === 'transient', String(error))
  assert.match(error.message, advice)
  return true
}

describe('a PostgreSQL that is lost without a word', { concurrency: 4 }, () => {
  it('fails the query in hand, and the next one goes over a connection of its own', async (t) => {
    const { line, context } = await lineFor(t)
    const connection = new Connection(context)
    await connection.rows('a try', 'SELECT 1')
    line.goDark()
    const asked = connection.rows('a try', 'SELECT 2')
    await assert.rejects(
      soon('the query', asked),
      isTransient(/neither answered nor cancelled a try.*firewall/)
    )
    line.mend()
    assert.deepEqual(await soon('the next query', connection.rows('a try', 'SELECT 3')), [['3']])
    await connection.close()
  })

  it('is not waited for when an idle connection closes', async (t) => {
    const { line, context } = await lineFor(t)
    const connection = new Connection(context)
    await connection.rows('a try', 'SELECT 1')
    line.goDark()
    await soon('closing', connection.close())
  })

  it('is not waited for when a connection that is being made closes', async (t) => {
    const { line, context } = await lineFor(t)
    const connection = new Connection(context)
    line.goDark()
    const asked = connection.rows('a try', 'SELECT 1')
    await Promise.all([
      assert.rejects(asked, isTransient(/PostgreSQL does not answer a try/)),
      soon('closing', connection.close())
    ])
  })

  it('holds up a poll only so long, and reading goes on when it is back', async (t) => {
    const { line, through } = await lineFor(t)
    const use = new Reading(await numberedTable(source, notes))
    const reader = await use.open(through)
    await use.readToEnd(reader)
    line.goDark()
    await assert.rejects(soon('the poll', use.readSoon(reader, 10)), isTransient(/neither answered/))
    line.mend()
    await use.table.put(new Map([[1, 'late']]))
    assert.deepEqual(use.idsOf(await use.readUntil(reader, (items) => items.length > 0)), [1])
    await use.end()
  })
})

async function freeSlot(): Promise<string | undefined> {
  const query =
    'SELECT slot_name FROM pg_replication_slots WHERE database = current_database() AND NOT active'
  return (await source.client.query<{ slot_name: string }>(query)).rows[0]?.slot_name
}

describe('a log stream', () => {
  it('fails when nothing is heard any more, however long it lasts before', async (t) => {
    const { line, context } = await lineFor(t)
    const use = new Reading(await numberedTable(source, notes, { COURANT_POSTGRES_MODE: 'log' }))
    const reader = await use.open()
    await use.readToEnd(reader)
    await reader.close()
    const slot = (await eventually(freeSlot, { what: 'a slot that nobody reads' })) ?? ''
    const stream = new LogStream({
      client: replicationConfig(context.settings, 'test'),
      slot,
      publication: slot,
      from: 1n,
      silenceMs: 2000
    })
    const take = () => {
      stream.ask()
      return stream.take(10, { waitMs: 50, signal: AbortSignal.timeout(10_000) })
    }
    const quietFrom = performance.now()
    // Longer than a statement may take, its answer included, and longer than the silence.
    await eventually(async () => (await take()).length === 0 && performance.now() - quietFrom > 6500)
    assert.ok(stream.idleAt, 'nothing was heard')
    line.goDark()
    const untilItFails = async () => {
      for (;;) await take()
    }
    await assert.rejects(soon('the stream', untilItFails()), isTransient(/no sign of life/))
    await soon('closing', stream.close())
    // The server learns only now that nobody reads its slot.
    await line.close()
    await use.end()
  })
})
