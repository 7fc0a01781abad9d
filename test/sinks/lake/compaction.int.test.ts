import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { compactDay } from '../../../sinks/lake/compaction.ts'
import { Compactor } from '../../../sinks/lake/compactor.ts'
import { type QualityResult, qualityName } from '../../../sinks/lake/quality.ts'
import { silverDays, silverFiles } from '../../../sinks/lake/silver-files.ts'
import { silverSink } from '../../../sinks/lake/silver.ts'
import { type ObjectStore, readText } from '../../../runtime/object-store/object-store.ts'
import { range, signal, silverLake } from './silver-lake.ts'

const days = ['2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04']

async function namesIn(store: ObjectStore, prefix: string): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of store.list(prefix)) names.push(name)
  return names
}

describe('compaction', () => {
  it('makes one sorted file of a day, with the offsets it contains, and removes its parts after the grace', async () => {
    const at = await silverLake()
    await at.write(0, 100)
    await at.write(100, 200)
    const parts = (await silverFiles(at.store, at.table.name)).map(({ name }) => name).sort()
    const compactor = new Compactor(at)
    await compactor.look({ evenIfBusy: true })
    await at.holds(200)
    const contained = (await silverDays(at.store, at.table.name)).flatMap((day) => day.contained)
    assert.deepEqual(
      contained.map(({ name }) => name).sort(),
      parts,
      'parts stay for those who hold a list of them'
    )
    await compactor.look()
    await compactor.look()
    assert.deepEqual(
      await namesIn(at.store, 'silver/'),
      ['_layout.json', '_schema.json', ...days.map((ds) => `${ds}/user-purchases.parquet`)]
        .map((name) => `silver/user-purchases/${name}`)
        .sort()
    )
    await at.holds(200)
    const info = await at.store.head('silver/user-purchases/2026-11-01/user-purchases.parquet')
    const offsets = JSON.parse(info?.metadata['offsets'] ?? '') as Record<string, number>
    const file = join(
      at.store.describe.replace('folder ', ''),
      'silver/user-purchases/2026-11-01/user-purchases.parquet'
    )
    const facts = await at.connection.runAndReadAll(
      `SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${file}')`
    )
    const inFile = new Map(facts.getRows().map(([key, value]) => [key, value]))
    assert.deepEqual(JSON.parse(String(inFile.get('offsets'))), offsets)
    const sorted = await at.connection.runAndReadAll(
      `SELECT list((user_id, purchase_time, purchase_id, _version)) = list_sort(list((user_id, purchase_time, purchase_id, _version))) AS s FROM read_parquet('${file}')`
    )
    assert.deepEqual(sorted.getRowObjects(), [{ s: true }])
  })

  it('takes late rows as new parts, and compacts them into the day again', async () => {
    const at = await silverLake()
    const compactor = new Compactor(at)
    for (const [from, to] of [
      [0, 90],
      [90, 130],
      [130, 210]
    ] as const) {
      await at.write(from, to)
      await at.holds(to)
      await compactor.look({ evenIfBusy: true })
      await at.holds(to)
      await compactor.look()
    }
    assert.equal((await silverFiles(at.store, at.table.name)).length, 4)
    // A restart repeats what compaction has long taken in.
    await at.write(100, 230)
    await at.holds(230)
  })

  it('waits until a closed day is quiet, and compacts an open day once it has many parts', async () => {
    const at = await silverLake({ env: { COURANT_LAKE_COMPACT_PARTS: '10' } })
    const open = { ...at, context: { ...at.context, now: () => new Date('2026-11-01T12:00:00Z') } }
    const compactor = new Compactor(open)
    const isCompacted = async () =>
      (await silverDays(at.store, at.table.name)).map((day) => day.compacted !== null)
    for (let n = 0; n < 3; n++) await at.write(n * 40, n * 40 + 40)
    await compactor.look()
    await compactor.look()
    assert.deepEqual(await isCompacted(), [false, false, false, false])
    for (let n = 3; n < 16; n++) await at.write(n * 40, n * 40 + 40)
    await compactor.look()
    assert.deepEqual(await isCompacted(), [true, true, true, true])
    const later = await silverLake()
    await later.write(0, 100)
    const patient = new Compactor({
      ...later,
      context: { ...later.context, now: () => new Date('2026-11-03T12:00:00Z') }
    })
    await patient.look()
    assert.equal((await silverDays(later.store, later.table.name)).filter((day) => day.compacted).length, 0)
    await patient.look()
    const compacted = (await silverDays(later.store, later.table.name)).filter((day) => day.compacted)
    assert.deepEqual(
      compacted.map((day) => day.ds),
      ['2026-11-01', '2026-11-02']
    )
  })

  it('lets one of two compactors of the same day win', async () => {
    const at = await silverLake()
    await at.write(0, 120)
    const [day] = await silverDays(at.store, at.table.name)
    assert.ok(day)
    const outcomes = [await compactDay(at, day), await compactDay(at, day)]
    assert.deepEqual(outcomes, ['published', 'overtaken'])
    await at.holds(120)
  })

  it('does not read what a writer appended that had slept through compaction and grace', async () => {
    const at = await silverLake()
    const sleeper = await silverSink(at.table).open({ ...at.context })
    await sleeper.write(range(0, 60), { signal: signal() })
    const compactor = new Compactor(at)
    await at.write(60, 150)
    await compactor.look({ evenIfBusy: true })
    await compactor.look()
    await sleeper.write(range(60, 120), { signal: signal() })
    await at.holds(150)
    await sleeper.close()
  })

  it('refuses to publish a day that fails a check, keeps its parts readable, and says so', async () => {
    const at = await silverLake()
    const broken = range(0, 40).map((item) => {
      const after = item.value.after && { ...item.value.after, currency: null }
      return { ...item, value: { ...item.value, after } }
    })
    const writer = await silverSink(at.table).open(at.context)
    await writer.write(broken, { signal: signal() })
    await writer.close()
    const compactor = new Compactor(at)
    await compactor.look({ evenIfBusy: true })
    const [day] = await silverDays(at.store, at.table.name)
    assert.equal(day?.compacted, null)
    await at.holds(40)
    const results = JSON.parse(
      (await readText(at.store, qualityName(at.table.name, '2026-11-01'))) ?? ''
    ) as QualityResult[]
    assert.deepEqual(
      results.filter(({ passed, severity }) => !passed && severity === 'error').map(({ check }) => check),
      ['not_null:currency']
    )
    assert.ok(!results.some(({ check }) => check === 'fresh'), 'a day that is over gets no fresher')
    assert.ok(at.context.warnings.includes('a day of a table fails a check and its file is not published'))
    const reported = at.context.counted.get('quality_failures_total')
    await compactor.look({ evenIfBusy: true })
    assert.equal(
      at.context.counted.get('quality_failures_total'),
      reported,
      'not checked again until it changes'
    )
  })

  it('notices a part that was removed by hand', async () => {
    const at = await silverLake()
    for (let n = 0; n < 3; n++) await at.write(n * 12, n * 12 + 12)
    const [day] = await silverDays(at.store, at.table.name)
    assert.ok(day)
    await at.store.delete(day.live[1]?.name ?? '')
    const [broken] = await silverDays(at.store, at.table.name)
    assert.ok(broken)
    await assert.rejects(compactDay(at, broken), /chain .* is broken/)
  })
})
