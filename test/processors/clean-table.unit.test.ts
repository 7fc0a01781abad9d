import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { cleaner } from '../../processors/clean-table.ts'
import { amountUpTo, email } from '../../processors/clean-values.ts'
import { notUpdatedBeforeCreated } from '../../processors/not-updated-before-created.ts'
import { processors } from '../../processors/index.ts'
import { Rejection } from '../../runtime/pipeline.ts'
import type { RawChange, RawRow } from '../../schemas/change.ts'
import { parseTable } from '../../schemas/table.ts'
import { tableList, tables } from '../../schemas/tables.ts'

const ts_us = 1_700_000_000_000_000
const source = {
  version: 'test',
  connector: 'postgresql',
  name: 'activity',
  db: 'db',
  table: 't',
  snapshot: 'false',
  ts_ms: ts_us / 1000,
  ts_us,
  row_version: 1,
  row_hash: 2
}
const inserted = (after: RawRow): RawChange => ({ before: null, after, source, op: 'c', ts_ms: 0 })

const id = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'
const user = {
  id,
  first_name: ' Ada ',
  last_name: null,
  email: 'ADA@example.com',
  created_at: '2023-01-01 00:00:00Z',
  updated_at: null
}

test('a row gets exact types, and source and operation stay', () => {
  assert.deepEqual(cleaner(tables.users, { columns: { email } })(inserted(user)), {
    before: null,
    after: {
      id,
      first_name: 'Ada',
      last_name: null,
      email: 'ada@example.com',
      created_at: 1_672_531_200_000_000,
      updated_at: null
    },
    source,
    op: 'c',
    ts_ms: 0
  })
})

/** What a rejection is for, without what is written in its place. */
const reasonsOf = (result: unknown) => (result instanceof Rejection ? result.reasons : null)

test('every column that is not right is named, and the row is withdrawn with all the reasons', () => {
  const change = inserted({ ...user, email: null, created_at: 'x', updated_at: 'infinity' })
  const result = cleaner(tables.users)(change)
  assert.ok(result instanceof Rejection)
  assert.deepEqual([result.reason, result.field], ['email_missing', 'email'])
  assert.deepEqual(result.reasons, ['email_missing', 'created_at_invalid', 'updated_at_invalid'])
  assert.deepEqual(result.instead, {
    ...change,
    before: { id },
    after: null,
    op: 'd',
    source: { ...source, row_hash: 0 },
    withdrawn: 'email_missing, created_at_invalid, updated_at_invalid'
  })
})

test('what has no sound key was never clean, and is not withdrawn', () => {
  const result = cleaner(tables.users)(inserted({ ...user, id: 'x', email: null }))
  assert.ok(result instanceof Rejection)
  assert.deepEqual([result.reasons, result.instead], [['id_invalid', 'email_missing'], undefined])
})

test('a missing value that the schema wants is rejected by name', () => {
  assert.deepEqual(reasonsOf(cleaner(tables.users)(inserted({ ...user, email: '  ' }))), ['email_missing'])
})

test('text stays as it is, unless the field says otherwise', () => {
  const field = (name: string, more: object) => ({ name, type: 'string', ...more })
  const table = parseTable('schemas/shop/orders.avsc', {
    type: 'record',
    name: 'Order',
    namespace: 'courant.shop',
    doc: 'An order.',
    courant: { source: 'postgres', table: 'orders', key: ['id'], cursor: null },
    fields: [
      field('id', {}),
      field('note', {}),
      field('customer', { clean: { blank: 'missing' } }),
      field('remark', { type: ['null', 'string'], default: null }),
      field('label', { type: ['null', 'string'], default: null, clean: { text: 'tidy', blank: 'keep' } }),
      field('title', { type: ['null', 'string'], default: null, clean: { text: 'tidy' } }),
      field('code', { type: ['null', 'string'], default: null, clean: { blank: 'null' } }),
      field('size', { type: 'int', clean: { text: 'tidy' } })
    ]
  })
  const clean = (row: RawRow) =>
    cleaner(table)(
      inserted({
        id: '1',
        note: '',
        customer: 'c',
        remark: ' ',
        label: ' ',
        title: ' ',
        code: ' ',
        size: ' 4 ',
        ...row
      })
    )
  const kept = clean({})
  assert.ok(!(kept instanceof Rejection))
  assert.deepEqual(kept.after, {
    id: '1',
    note: '',
    customer: 'c',
    remark: ' ',
    label: '',
    title: null,
    code: null,
    size: 4
  })
  assert.deepEqual(reasonsOf(clean({ customer: ' ' })), ['customer_missing'])
  const empty = clean({ id: '' })
  assert.ok(!(empty instanceof Rejection) && empty.after, 'an empty text is a key like any other')
  assert.deepEqual(reasonsOf(clean({ note: null })), ['note_missing'])
})

test('groups without a name and activities planned for 1969 are set aside, as ever', () => {
  const group = { id, name: ' ', description: null, created_at: '2023-01-01 00:00:00Z', updated_at: null }
  assert.deepEqual(reasonsOf(cleaner(tables.groups)(inserted(group))), ['name_missing'])
  const activity = {
    ...Object.fromEntries(tables.activities.columns.map(({ name }) => [name, null])),
    id,
    group_id: id,
    user_id: id,
    created_at: '2023-01-01 00:00:00Z',
    scheduled_at: '1969-12-31 00:00:00Z'
  }
  assert.deepEqual(reasonsOf(cleaner(tables.activities)(inserted(activity))), ['scheduled_at_invalid'])
})

test('an update by a clock a little behind the one of the creation passes, an earlier one is rejected', () => {
  const clean = cleaner(tables.users, { row: notUpdatedBeforeCreated })
  const updatedAt = (updated_at: string) =>
    clean(inserted({ ...user, created_at: '2023-01-01 12:00:00.001+00', updated_at }))
  assert.ok(!(updatedAt('2023-01-01 12:00:00+00') instanceof Rejection))
  assert.ok(!(updatedAt('2023-01-01 11:55:00.001+00') instanceof Rejection))
  assert.deepEqual(reasonsOf(updatedAt('2023-01-01 11:55:00+00')), ['updated_at_before_created_at'])
})

test('a delete passes with its key alone', () => {
  const change: RawChange = { before: { id }, after: null, source, op: 'd', ts_ms: 0 }
  const clean = cleaner(tables.users, { columns: { email } })(change)
  assert.ok(!(clean instanceof Rejection))
  assert.deepEqual([clean.before, clean.after, clean.op], [{ id }, null, 'd'])
})

test('any row is either clean or rejected, and a clean one has every column', () => {
  const clean = cleaner(tables.userPurchases, { columns: { amount: amountUpTo(100) } })
  const text = fc.option(
    fc.oneof(
      fc.string(),
      fc.constant(id),
      fc.constant('2023-01-01 00:00:00Z'),
      fc.constant('9.5'),
      fc.constant('EUR')
    )
  )
  const row = fc.record(Object.fromEntries(tables.userPurchases.columns.map(({ name }) => [name, text])))
  fc.assert(
    fc.property(row, (raw) => {
      const result = clean(inserted(raw))
      if (result instanceof Rejection)
        assert.ok(tables.userPurchases.columns.some(({ name }) => name === result.field))
      else
        assert.deepEqual(
          Object.keys(result.after ?? {}),
          tables.userPurchases.columns.map(({ name }) => name)
        )
    })
  )
})

test('every table is cleaned by exactly one processor', () => {
  const names = processors.map(({ name }) => name)
  assert.deepEqual(
    names.filter((name) => name.startsWith('clean-')).toSorted(),
    tableList.map(({ name }) => `clean-${name}`).toSorted()
  )
})
