import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import * as fc from 'fast-check'
import { Connection } from '../../../../producers/postgres/connection.ts'
import { instantText } from '../../../../producers/postgres/table/instants.ts'
import { postgresReader } from '../../../../producers/postgres/postgres-reader.ts'
import { timeZone } from '../../../../producers/postgres/settings.ts'
import { inspectTable } from '../../../../producers/postgres/table/source-table.ts'
import { TableRows } from '../../../../producers/postgres/table/table-rows.ts'
import type { Environment } from '../../../../runtime/settings.ts'
import { testContext } from '../../../support/context.ts'
import { Reading } from '../../../support/reading.ts'
import { type NumberedShape, notes, numberedTable } from '../numbered-table.ts'
import { SourceDatabase, tableOf } from '../source-database.ts'

// No comparison: what arrives was found by its cursor.
const liveOnly = { COURANT_POSTGRES_COMPARE_MS: '100000000' }
// Whoever runs this in its summer or winter: always hours from UTC.
const zone = 'Asia/Kolkata'
const inZone = { COURANT_POSTGRES_TIME_ZONE: zone }
const local: NumberedShape = {
  ...notes,
  ddl: `(id integer PRIMARY KEY, text text, updated_at timestamp DEFAULT (now() AT TIME ZONE '${zone}'))`
}

let source: SourceDatabase
before(async () => {
  source = await SourceDatabase.create()
})
after(() => source.drop())

async function reading(env: Environment): Promise<Reading> {
  return new Reading(await numberedTable(source, local, { ...liveOnly, ...env }))
}
const rowsUpTo = (count: number) => new Map(Array.from({ length: count }, (_, n) => [n + 1, 'x']))

describe('a cursor that holds local time', () => {
  it('is read live once its zone is set, and published as an instant', async () => {
    const use = await reading(inZone)
    const reader = await use.open()
    await use.readToEnd(reader)
    // Rows of one statement have one time: pages go on within it.
    await use.table.put(rowsUpTo(25))
    const items = await use.readUntil(reader, (found) => found.length >= 25, 10)
    assert.deepEqual(use.idsOf(items), [...rowsUpTo(25).keys()])
    const now = Date.now()
    for (const { value } of items) {
      const at = value.after?.['updated_at'] ?? ''
      assert.match(at, /\+00$/)
      assert.ok(Math.abs(Date.parse(at) - now) < 60_000, `${at} is not now`)
      assert.ok(Math.abs(value.source.ts_ms - now) < 60_000)
    }
    await use.end()
  })

  it('is warned about at the start, and when it is ahead of the source', async () => {
    const use = await reading({})
    await use.table.put(rowsUpTo(1))
    await use.readToEnd(await use.open())
    assert.match(use.context.warnings.join(), /updated_at has no time zone and is taken for UTC/)
    assert.match(
      use.context.warnings.join(),
      /the newest cursor is more than ten minutes after the source's clock/
    )
    await use.end()
    const told = await reading(inZone)
    await told.table.put(rowsUpTo(1))
    await told.readToEnd(await told.open())
    assert.deepEqual(told.context.warnings, [])
    await told.end()
  })

  it('is found unchanged by comparisons and looks by key', async () => {
    const use = await reading({ ...inZone, COURANT_POSTGRES_COMPARE_MS: '20' })
    await use.table.put(rowsUpTo(5))
    const reader = await use.open()
    assert.equal((await use.readToEnd(reader)).items.length, 5)
    await use.table.remove([3])
    const items = await use.readUntil(reader, (found) => found.length > 0)
    assert.deepEqual(
      items.map(({ value, key }) => `${value.op}${key}`),
      ['d3']
    )
    await use.end()
  })

  it('is refused where it cannot be told: in a key, and in the log', async () => {
    const shape = { ...notes, ddl: '(id timestamp PRIMARY KEY, text text, updated_at timestamp)' }
    const { name } = await source.table(shape)
    const context = testContext(source.stateEnv({ ...inZone, COURANT_POSTGRES_MODE: 'log' }))
    await assert.rejects(postgresReader(tableOf(name, shape)).open(context), {
      code: 'SOURCE_REFUSED',
      message: /key id has no time zone(.|\n)*the log has id, updated_at without time zone/
    })
  })

  it('has a zone that exists, by its whole name', () => {
    for (const bad of ['Europe/Atlantis', 'CET', '+02:00', "Europe/Paris' OR true"])
      assert.throws(
        () => testContext({ COURANT_POSTGRES_TIME_ZONE: bad }).settings.text(timeZone),
        /IANA name/
      )
    for (const good of ['UTC', 'Europe/Paris', 'America/Argentina/Ushuaia', ''])
      testContext({ COURANT_POSTGRES_TIME_ZONE: good }).settings.text(timeZone)
  })
})

describe('clocks that are put back or forward', () => {
  for (const [place, changedAt] of [
    ['Europe/Paris', '2026-10-25T01:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T15:00Z'],
    ['America/New_York', '2026-03-08T07:00Z']
  ] as const)
    it(`hide no row from a live run: ${place}`, async () => {
      const { name } = await source.table(local)
      const changed = Date.parse(changedAt)
      const step = 7 * 60_000
      const stamps = Array.from({ length: 60 }, (_, n) => changed + (n - 30) * step)
      await source.client.query(
        `INSERT INTO "${name}" SELECT n, 'x', to_timestamp(ms / 1000) AT TIME ZONE '${place}'
         FROM unnest($1::float8[]) WITH ORDINALITY AS stamps (ms, n)`,
        [stamps]
      )
      const context = testContext(source.stateEnv({ COURANT_POSTGRES_TIME_ZONE: place }))
      const connection = new Connection(context)
      const rows = new TableRows(connection, await inspectTable(connection, context, tableOf(name, local)))
      const minute = fc.integer({ min: -200, max: 200 })
      await fc.assert(
        fc.asyncProperty(minute, minute, async (a, b) => {
          const [from, to] = [changed + Math.min(a, b) * 60_000, changed + Math.max(a, b) * 60_000]
          const page = { from: instantText(from * 1000), to: instantText(to * 1000), after: null }
          const found = await rows.pageByCursor({ ...page, writtenSince: null, limit: 100 })
          const keys = new Set(found.rows.map(({ values }) => Number(values[0])))
          for (const [n, stamp] of stamps.entries())
            if (stamp >= from && stamp <= to) assert.ok(keys.has(n + 1), new Date(stamp).toISOString())
        }),
        { numRuns: 60 }
      )
      await connection.close()
    })
})
