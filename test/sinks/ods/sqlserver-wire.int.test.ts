import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { retryTransient } from '../../../runtime/retry.ts'
import { odsSink } from '../../../sinks/ods/ods-sink.ts'
import type { RunOutcome } from '../../../sinks/ods/run-merger.ts'
import { testContext } from '../../support/context.ts'
import { FakeTds, type Reply, type TdsEvent } from '../../support/fake-tds.ts'
import { write } from './ods-world.ts'
import { column, SampleLog } from './sample-runs.ts'

const columns = [
  column('code', 'text', { width: 20 }),
  column('prix', 'decimal', { width: 10, scale: 2 }),
  column('stock', 'integer'),
  column('total', 'bigint')
]
const rows = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    code: `p${n}`,
    prix: `${n}.5`,
    stock: n === 0 ? null : String(-n),
    total: '-9223372036854775808'
  }))

interface Scene {
  readonly tds: FakeTds
  readonly outcomes: RunOutcome[]
  /** Writes a run of so many rows as a process would; the same one each time. */
  readonly load: (size: number) => Promise<void | 'held'>
}

/** A sink that writes to a fake server, which answers as usual unless `reply` says otherwise. */
async function scene(
  t: TestContext,
  reply: FakeTds['reply'] = () => undefined,
  change: { readonly keepHistory?: boolean; readonly env?: Record<string, string> } = {}
): Promise<Scene> {
  const tds = await FakeTds.start()
  tds.reply = (sql, kind) => reply(sql, kind) ?? usually(sql)
  const cacheDir = mkdtempSync(join(tmpdir(), 'courant-test-ods-'))
  const env = {
    COURANT_ODS_URL: tds.url,
    COURANT_ODS_CACHE_DIR: cacheDir,
    COURANT_ODS_BULK_ROWS: '1000',
    ...change.env
  }
  const outcomes: RunOutcome[] = []
  const spec = odsSink({
    table: { tableName: 'produit', destinationTable: 'produit' },
    onRun: (outcome) => outcomes.push(outcome)
  })
  const writer = await spec.open(testContext(env, 'ods.produit'))
  t.after(async () => {
    await writer.close()
    await tds.close()
    rmSync(cacheDir, { recursive: true, force: true })
  })
  const log = new SampleLog('erp.produit.changes', {
    columns,
    key: ['code'],
    keepHistory: change.keepHistory ?? false
  })
  await writer.stored?.nextOffsets(log.topic, [0])
  tds.events.length = 0
  return {
    tds,
    outcomes,
    load: async (size) => {
      if (log.items.length === 0) log.run({ number: 1, rows: rows(size) })
      return writer.write(log.items, write)
    }
  }
}

/** The answers of a server on which nothing was loaded before. */
function usually(sql: string): Reply {
  if (/SELECT Epoch AS epoch/.test(sql)) return { columns: ['epoch'], rows: [['1']] }
  if (/MERGE \[ods\]/.test(sql)) return { columns: ['inserted', 'updated'], rows: [['3', '0']] }
  if (/AS \[missing\]/.test(sql)) return { columns: ['missing', 'live'], rows: [['0', '3']] }
  return undefined
}

const steps: readonly [name: string, pattern: RegExp][] = [
  ['lock', /sp_getapplock/],
  ['truncate', /^TRUNCATE TABLE \[stg\]/],
  ['deduplicate', /^DELETE s FROM \[stg\]/],
  ['merge', /MERGE \[ods\]/],
  ['close', /^UPDATE t SET \[valid_to\]/],
  ['insert', /^INSERT INTO \[ods\]/],
  ['compare', /AS \[missing\]/],
  ['delete', /^UPDATE t SET\n/],
  ['log', /(?:INTO|UPDATE) etl\.ETL_Runs/],
  ['offset', /^UPDATE \[etl\]\.\[Offsets\] SET NextOffset/]
]

/** The last transaction as names of its steps. */
function lastTransaction(events: readonly TdsEvent[]): string[] {
  const begun = events.findLastIndex(({ kind }) => kind === 'begin')
  return events.slice(begun).flatMap(({ kind, sql }) => {
    if (kind !== 'statement') return [kind]
    const step = steps.find(([, pattern]) => pattern.test(sql))
    return step ? [step[0]] : []
  })
}

const count = (events: readonly TdsEvent[], pattern: RegExp) =>
  events.filter(({ kind, sql }) => kind === 'statement' && pattern.test(sql)).length

describe('a run on its way into SQL Server', () => {
  it('is one transaction: lock, truncate, bulk, merge, log, offset, commit', async (t) => {
    const { tds, load, outcomes } = await scene(t)
    assert.equal(await load(3), undefined)
    assert.deepEqual(lastTransaction(tds.events), [
      'begin',
      'lock',
      'truncate',
      'bulk',
      'deduplicate',
      'merge',
      'compare',
      'delete',
      'log',
      'offset',
      'commit'
    ])
    assert.equal(outcomes[0]?.entry.rowsInserted, 3)
  })

  it('closes versions and then inserts, in two statements, with KeepHistory', async (t) => {
    const { tds, load } = await scene(t, undefined, { keepHistory: true })
    await load(3)
    const transaction = lastTransaction(tds.events)
    assert.deepEqual(transaction.slice(4, 7), ['deduplicate', 'close', 'insert'])
    assert.equal(count(tds.events, /^\s*MERGE/m), 0)
  })

  it('is an UPDATE and an INSERT where the server has no MERGE, or is told so', async (t) => {
    const noMerge = (sql: string) => (/MERGE/.test(sql) ? { error: 33557097 } : undefined)
    for (const [reply, env] of [
      [noMerge, {}],
      [undefined, { COURANT_ODS_MERGE: 'update-insert' }]
    ] as const) {
      const { tds, load } = await scene(t, reply, { env })
      await load(3)
      const between = lastTransaction(tds.events).slice(4, 8)
      assert.deepEqual(between, ['deduplicate', 'delete', 'insert', 'compare'])
    }
  })

  it('is loaded by bulks of so many rows', async (t) => {
    const { tds, load } = await scene(t)
    await load(2500)
    const bulks = tds.events.filter(({ kind }) => kind === 'bulk')
    assert.equal(bulks.length, 3)
    assert.match(bulks[0]?.sql ?? '', /^insert bulk \[stg\]\.\[produit\]/)
    assert.match(
      bulks[0]?.sql ?? '',
      /with \(.*TABLOCK/i,
      'pages are logged, not rows, where recovery allows'
    )
    assert.match(bulks[0]?.sql ?? '', /\[stock\] int, \[total\] bigint/)
    assert.match(bulks[0]?.sql ?? '', /\[prix\] varchar\(64\)/, 'decimals are staged as text')
  })

  it('is tried again as a whole after it was chosen as deadlock victim', async (t) => {
    let victims = 1
    const { tds, load, outcomes } = await scene(t, (sql) =>
      /MERGE \[ods\]/.test(sql) && victims-- > 0 ? { error: 1205 } : undefined
    )
    await retryTransient(() => load(3), { signal: AbortSignal.timeout(10_000) })
    const merged = outcomes.map(({ entry }) => entry.status)
    assert.deepEqual(merged, ['succeeded'])
    assert.deepEqual(lastTransaction(tds.events).at(-1), 'commit')
    assert.ok(tds.events.some(({ kind }) => kind === 'rollback'))
    assert.equal(count(tds.events, /MERGE \[ods\]/), 2)
  })

  for (const [number, said] of [
    [1105, /no room left/],
    [229, /rights/]
  ] as const)
    it(`is rolled back and logged when the server says ${number}`, async (t) => {
      const { tds, load } = await scene(t, (sql) =>
        /MERGE \[ods\]/.test(sql) ? { error: number } : undefined
      )
      await assert.rejects(load(3), said)
      const begun = tds.events.findLastIndex(({ kind }) => kind === 'begin')
      const after = tds.events.slice(begun)
      assert.ok(after.some(({ kind }) => kind === 'rollback'))
      assert.ok(!after.some(({ kind }) => kind === 'commit'))
      assert.equal(count(after, /etl\.ETL_Runs SET|INTO etl\.ETL_Runs/), 1, 'the failure is in the log')
      assert.equal(count(after, /UPDATE \[etl\]\.\[Offsets\] SET NextOffset/), 0)
    })

  for (const [number, said] of [
    [2627, /a key has two rows where one is allowed/],
    [8672, /staging has two rows for one key/],
    [1702, /more than 1,024 columns/]
  ] as const)
    it(`is given up and passed when the server says ${number}, which lies in it`, async (t) => {
      const { tds, load, outcomes } = await scene(t, (sql) =>
        /MERGE \[ods\]/.test(sql) ? { error: number } : undefined
      )
      assert.equal(await load(3), undefined)
      assert.equal(outcomes[0]?.error?.code, 'RUN_REFUSED')
      assert.match(outcomes[0]?.entry.errorMessage ?? '', said)
      assert.deepEqual(lastTransaction(tds.events), ['begin', 'log', 'offset', 'commit'])
    })

  it('is given up for now, and nothing committed, when the connection is cut in the middle of a bulk', async (t) => {
    const { tds, load } = await scene(t, (_, kind) => (kind === 'bulk' ? 'cut' : undefined))
    await assert.rejects(load(3), { code: 'TARGET_UNAVAILABLE' })
    assert.ok(!lastTransaction(tds.events).includes('commit'))
  })

  it('is given up for now when a statement takes too long', async (t) => {
    const slow = (sql: string) => (/MERGE \[ods\]/.test(sql) ? 'silence' : undefined)
    const { tds, load } = await scene(t, slow, { env: { COURANT_ODS_STATEMENT_TIMEOUT_MS: '1000' } })
    await assert.rejects(load(3), { code: 'TARGET_UNAVAILABLE', message: /COURANT_ODS_STATEMENT_TIMEOUT_MS/ })
    assert.ok(!lastTransaction(tds.events).includes('commit'))
  })
})
