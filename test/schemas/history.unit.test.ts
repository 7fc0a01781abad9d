import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync } from 'node:fs'
import { rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { pathToFileURL } from 'node:url'
import type { RecordSchema } from '../../schemas/envelope.ts'
import { appendHistory, historyProblems, unreleased } from '../../schemas/history.ts'
import { subjectList } from '../../schemas/subjects.ts'

type Field = RecordSchema['fields'][number]

const subject = (...fields: Field[]) => [
  { subject: 's-value', schema: { type: 'record', name: 'R', namespace: 'test', doc: '', fields } as const }
]
const x: Field = { name: 'x', type: 'string' }
const optional: Field = { name: 'y', type: ['null', 'int'], default: null }

function emptyFolder(t: TestContext): URL {
  const folder = mkdtempSync(join(tmpdir(), 'courant-history-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return pathToFileURL(`${folder}/`)
}

describe('the history of schemas', () => {
  it('as committed is read by every schema, version by version', () => {
    assert.deepEqual(historyProblems(), [])
    assert.ok(subjectList().length > 0)
  })

  it('is no concern of a schema that was never released, however often it changes', (t) => {
    const folder = emptyFolder(t)
    for (const type of ['string', 'int', 'boolean'])
      assert.deepEqual(historyProblems(subject({ name: 'x', type }), folder), [])
    assert.deepEqual(readdirSync(folder), [])
    assert.deepEqual(unreleased(subject(x), folder), ['s-value'])
  })

  it('gets a version when a schema changed and is released, and none when it did not', (t) => {
    const folder = emptyFolder(t)
    for (const schemas of [subject(x), subject(x), subject(x, optional), subject(x, optional)])
      assert.deepEqual(appendHistory(schemas, folder), [])
    assert.deepEqual(readdirSync(new URL('s-value/', folder)).sort(), ['1.avsc', '2.avsc'])
    assert.deepEqual(historyProblems(subject(x, optional), folder), [])
    assert.deepEqual(unreleased(subject(x, optional), folder), [])
  })

  it('refuses what cannot read any older version, and writes nothing', (t) => {
    const folder = emptyFolder(t)
    appendHistory(subject(x), folder)
    appendHistory(subject(x, optional), folder)
    const breaking = [
      subject({ name: 'x', type: 'int' }),
      subject(x, { name: 'y', type: ['null', 'int'] }),
      subject(x, { name: 'z', type: 'string' }),
      subject(x, { name: 'y', type: 'int', default: 0 })
    ]
    for (const schemas of breaking)
      assert.match(appendHistory(schemas, folder).join(), /cannot read an older version/)
    assert.equal(readdirSync(new URL('s-value/', folder)).length, 2)
  })

  it('says what to do about a type that was wrong at first, before anything was applied', (t) => {
    const folder = emptyFolder(t)
    appendHistory(subject(x), folder)
    assert.match(
      appendHistory(subject({ name: 'x', type: 'int' }), folder).join(),
      /another name\. If no version was ever applied, remove schemas\/history\/s-value\./
    )
  })

  it('counts a changed scale or unit as breaking, which Avro alone does not', (t) => {
    const folder = emptyFolder(t)
    const price = (scale: number) =>
      subject({ name: 'x', type: { type: 'bytes', logicalType: 'decimal', precision: 9, scale } })
    const at = (unit: string) =>
      subject({ name: 'x', type: { type: 'long', logicalType: `timestamp-${unit}` } })
    appendHistory(price(2), folder)
    assert.equal(appendHistory(price(4), folder).length, 1)
    const other = emptyFolder(t)
    appendHistory(at('millis'), other)
    assert.equal(appendHistory(at('micros'), other).length, 1)
  })
})
