import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Item, Position } from '../../runtime/pipeline.ts'
import type { RawChange } from '../../schemas/change.ts'
import { rawRowSchema } from '../../schemas/envelope.ts'
import { type AvroField, parseTable } from '../../schemas/table.ts'
import { Stages } from '../support/stages.ts'

const list = { type: 'array', items: ['null', 'string'] }
const tableOf = (...more: AvroField[]) =>
  parseTable('schemas/shop/works.avsc', {
    type: 'record',
    name: 'Work',
    namespace: 'courant.shop',
    doc: 'A work.',
    courant: { source: 'postgres', table: 'works', key: ['id'], cursor: null },
    fields: [{ name: 'id', type: 'int' }, { name: 'tags', type: ['null', 'string'], default: null }, ...more]
  })
const version: AvroField = { name: 'tags_list', type: ['null', list], default: null, clean: { of: 'tags' } }

const change: Item<RawChange> = {
  id: '1',
  key: '1',
  position: '' as Position,
  at: new Date(0),
  value: {
    before: null,
    after: { id: '1', tags: '{a,NULL,"b,c"}' },
    op: 'c',
    ts_ms: 0,
    source: {
      version: 'test',
      connector: 'postgresql',
      name: 'shop',
      db: 'db',
      table: 'works',
      snapshot: 'false',
      ts_ms: 0,
      ts_us: 0,
      row_version: 1,
      row_hash: 1
    }
  }
}

test('a column has a second version of an exact type beside its text, which is no column of the source', async (t) => {
  const table = tableOf(version)
  assert.deepEqual(
    rawRowSchema(table).fields.map(({ name }) => name),
    ['id', 'tags']
  )
  const stages = await Stages.of(t, table)
  await stages.add([change])
  assert.deepEqual(await stages.rows('SELECT id, tags, tags_list FROM silver.works'), [
    { id: 1, tags: '{a,NULL,"b,c"}', tags_list: ['a', null, 'b,c'] }
  ])
})

test('a version of a column names one that the source has', () => {
  const of = (name: string) => () => tableOf({ ...version, clean: { of: name } })
  assert.throws(
    of('nowhere'),
    /field tags_list: "of" must name a field that the source has, and nowhere is none/
  )
  assert.throws(of('tags_list'), /"of" must name a field that the source has/)
})
