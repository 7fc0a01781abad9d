import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { CsvRows } from '../../../../sinks/ods/cache/csv-line.ts'
import { RunRecorder } from '../../../../sinks/ods/cache/run-recorder.ts'
import { temporaryFolder } from '../../../support/stack.ts'
import { column, SampleLog } from '../sample-runs.ts'

const columns = [column('t', 'text'), column('u', 'text')]
const text = fc.option(
  fc.oneof(
    fc.string({ unit: 'grapheme' }).filter((value) => !value.includes('\0')),
    fc.constantFrom('', '\\N', '"', '""', ',', '\n', '\r', '\r\n', 'a"b,c\nd', '\\', '\\"', "'", ' ', '\t')
  )
)

test('what is recorded comes back from Parquet exactly', async (t) => {
  const cacheDir = temporaryFolder(t)
  const log = new SampleLog('erp.t.changes', { columns, key: ['t'], keepHistory: false })
  const [start] = log.start({ number: 1, rows: [] })
  const marker = start?.value.marker
  assert.ok(marker)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(text, text), { maxLength: 20 }), async (written) => {
      const recorder = await RunRecorder.start({ cacheDir, memoryMb: 128, table: 't', marker })
      const hashdiff = createHash('sha256').update('x').digest()
      for (const [offset, values] of written.entries()) {
        recorder.add({ key: `k,"${offset}`, hashdiff, isDeleted: offset % 2 === 1, offset, values })
        if (offset % 7 === 0) await recorder.flush()
      }
      const run = await recorder.finish({ table: 't', marker, topic: log.topic, partition: 0 })
      assert.equal(run.facts.rows, written.length)
      const reader = new CsvRows()
      const read = []
      const decoder = new TextDecoder()
      for await (const chunk of run.csv()) read.push(...reader.add(decoder.decode(chunk, { stream: true })))
      const wanted = written.map((values, offset) => [
        `k,"${offset}`,
        `\\x${hashdiff.toString('hex')}`,
        String(offset % 2 === 1),
        String(offset),
        ...values
      ])
      assert.deepEqual(read, wanted)
    }),
    { numRuns: 40 }
  )
})
