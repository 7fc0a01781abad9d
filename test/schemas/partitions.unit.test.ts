import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { event } from '../../schemas/event.ts'
import { table } from '../../schemas/table.ts'

const schemas = join(import.meta.dirname, '../../schemas')

test('a table and an event say how many partitions their topics have, and a wrong count is refused', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'courant-schemas-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const domain = relative(schemas, folder)
  const declare = (courant: object) => {
    const fields = [{ name: 'id', type: 'long' }]
    const record = { type: 'record', name: 'Thing', namespace: 'test', doc: 'A thing.', courant, fields }
    writeFileSync(join(folder, 'thing.avsc'), JSON.stringify(record))
  }
  const ofTable = { source: 'postgres', table: 'things', key: ['id'], cursor: null }
  declare(ofTable)
  assert.equal('partitions' in table(domain, 'thing'), false)
  declare({ ...ofTable, partitions: 6 })
  assert.equal(table(domain, 'thing').partitions, 6)
  declare({ entity: 'thing', key: 'id', id: ['id'], at: 'at', partitions: 6 })
  const { partitions, paths } = event(domain, 'thing')
  assert.deepEqual([partitions, Object.keys(paths)], [6, ['key', 'id', 'at']])
  for (const wrong of [0, 1.5, '6', 10_001]) {
    declare({ ...ofTable, partitions: wrong })
    assert.throws(() => table(domain, 'thing'), /thing\.avsc declares .* partitions: write a whole number/)
    assert.throws(() => event(domain, 'thing'), /thing\.avsc declares .* partitions: write a whole number/)
  }
})
