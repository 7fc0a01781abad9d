import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { flawRates, noCounts } from '../../local/sample/flaws.ts'
import { type SampleSize, sampleRows } from '../../local/sample/generate.ts'
import { randomFrom } from '../../local/sample/random.ts'
import { type SampleRow, sourceTable } from '../../local/sample/source-tables.ts'

const size = {
  seed: 11,
  users: 200,
  days: 4,
  eventsPerUserDay: 15,
  endingAt: new Date('2026-11-20T18:00:00Z')
}

function make(changes: Partial<SampleSize> = {}) {
  const counts = noCounts()
  const rows = [...sampleRows({ ...size, ...changes }, counts)]
  return { rows, counts }
}

const valueOf = ({ table, values }: SampleRow, column: string) =>
  values[Object.keys(sourceTable(table).columns).indexOf(column)]

describe('the sample', () => {
  it('is the same for the same seed and size, and another for another seed', () => {
    assert.deepEqual(make(), make())
    assert.notDeepEqual(make({ users: 5 }).rows, make({ users: 5, seed: 12 }).rows)
  })

  it('counts its rows by table and gives each a value for every column, under a key of its own', () => {
    const { rows, counts } = make()
    const keys = new Set<string>()
    for (const row of rows) {
      const { columns, primaryKey } = sourceTable(row.table)
      assert.equal(row.values.length, Object.keys(columns).length)
      const key = primaryKey
        .replaceAll(/[()]/g, '')
        .split(', ')
        .map((column) => valueOf(row, column))
      keys.add(JSON.stringify([row.table, ...key]))
    }
    assert.equal(keys.size, rows.length)
    const total = Object.values(counts.rows).reduce((sum, count) => sum + count, 0)
    assert.equal(total, rows.length)
    assert.equal(Object.keys(counts.rows).length, 9)
  })

  it('has the flaws it counts', () => {
    const { rows, counts } = make()
    const count = (column: string, isFlawed: (value: unknown) => boolean) =>
      rows.filter((row) => column in sourceTable(row.table).columns && isFlawed(valueOf(row, column))).length
    const { flaws } = counts
    assert.equal(
      count('email', (email) => email === null),
      flaws.email_null
    )
    assert.equal(
      count('amount', (amount) => String(amount).startsWith('-')),
      flaws.price_negative
    )
    assert.equal(
      count('purchase_time', (at) => (at as Date) > size.endingAt),
      flaws.purchase_in_future
    )
    assert.equal(
      count('content', (content) => String(content).trim() === ''),
      flaws.message_empty
    )
    assert.equal(
      count('modified_at', (at) => at === null),
      flaws.notification_never_modified
    )
    const logins = count('event_type', (type) => String(type).trim().toLowerCase() === 'login')
    const logouts = count('event_type', (type) => String(type).trim().toLowerCase() === 'logout')
    assert.ok(logins - logouts >= flaws.session_without_logout)
  })

  it('has every flaw at about its rate', () => {
    const { counts } = make({ users: 1500 })
    for (const [flaw, count] of Object.entries(counts.flaws)) assert.ok(count > 0, `${flaw} never happened`)
    const share = counts.flaws.email_impossible / 1500
    assert.ok(Math.abs(share - flawRates.email_impossible) < 0.015)
  })

  it('ends when it is told to, purchases in the future apart', () => {
    for (const row of make().rows)
      for (const [n, value] of row.values.entries())
        if (value instanceof Date && value > size.endingAt)
          assert.ok(
            ['purchase_time', 'scheduled_at'].includes(Object.keys(sourceTable(row.table).columns)[n] ?? '')
          )
  })

  it('has a canary for every password', () => {
    const users = make().rows.filter(({ table }) => table === 'PG_Users')
    const passwords = users.map((row) => String(valueOf(row, 'password')))
    assert.ok(passwords.every((password) => password.startsWith('canary-password-')))
  })
})

describe('its chance', () => {
  it('makes uuids of version 4 and numbers within bounds, the same from the same seed', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 1000 }), (seed, below) => {
        const [a, b] = [randomFrom(seed), randomFrom(seed)]
        assert.match(a.uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
        b.uuid()
        const n = a.int(below)
        assert.ok(Number.isInteger(n) && n >= 0 && n < below)
        assert.equal(n, b.int(below))
      })
    )
  })
})
