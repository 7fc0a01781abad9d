import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Item, LogItem, Position, Reader } from '../../runtime/pipeline.ts'
import type { RawRow } from '../../schemas/change.ts'
import { comparedKey, type RunEnvelope, type RunMarker } from '../../schemas/erp/run-envelope.ts'
import { closeConnections } from '../../topics/connection.ts'
import { erpChanges, markerId, markerKey } from '../../topics/erp-changes.ts'
import { memoryTopics } from '../support/memory-topics.ts'

const signal = AbortSignal.timeout(10_000)
const source = {
  version: '0',
  connector: 'progress',
  name: 'erp',
  db: 'erp',
  table: 'hist-prix',
  snapshot: 'true',
  ts_ms: 1000,
  ts_us: 1_000_000,
  row_version: 1_000_000,
  row_hash: 7,
  run_id: 'run',
  mode: 'full'
} as const

function marker(kind: 'start' | 'end', names: readonly string[], rows = 0): Item<RunEnvelope> {
  const columns = names.map((sqlName) => ({
    sqlName,
    sourceName: sqlName,
    type: 'text',
    width: 9,
    scale: null,
    element: null
  }))
  const made: RunMarker = {
    kind,
    run_id: 'run',
    mode: 'full',
    rows,
    is_complete: kind === 'end',
    columns: JSON.stringify(columns),
    key_columns: ['id'],
    keep_history: false,
    window_from: null,
    window_to: '2026-11-22 08:00:00.000',
    run_version: 1_000_000,
    shape: null
  }
  return item(markerId(made), markerKey, {
    before: null,
    after: null,
    source,
    op: 'm',
    ts_ms: 1,
    marker: made
  })
}

const row = (after: RawRow): Item<RunEnvelope> => {
  const key = comparedKey([after['id'] ?? ''])
  return item(`${key}@1000000.7`, key, { before: null, after, source, op: 'r', ts_ms: 1, marker: null })
}

const item = (id: string, key: string, value: RunEnvelope): Item<RunEnvelope> => ({
  id,
  key,
  value,
  position: '' as Position,
  at: new Date(source.ts_ms)
})

async function readAll(reader: Reader<RunEnvelope, LogItem<RunEnvelope>>, count: number) {
  const items: LogItem<RunEnvelope>[] = []
  while (items.length < count)
    items.push(...((await reader.read({ limit: 100, lingerMs: 0, signal })).items as LogItem<RunEnvelope>[]))
  return items
}

describe('the topic of an ERP table', () => {
  it('is made at the first write, and gives runs back as they were written', async (t) => {
    const { context } = await memoryTopics()
    t.after(() => closeConnections())
    const channel = erpChanges('Hist-Prix')
    assert.equal(channel.name, 'erp.hist-prix.changes')
    const writer = await channel.writer().open(context)
    const written = [marker('start', ['id', 'a']), row({ id: 'X', a: null }), marker('end', ['id', 'a'], 1)]
    await writer.write(written, { signal })
    const items = await readAll(await channel.reader('ods.hist-prix').open(context), 3)
    assert.deepEqual(
      items.map(({ id, key, value }) => ({ id, key, value })),
      written.map(({ id, key, value }) => ({ id, key, value }))
    )
    assert.deepEqual(
      items.map(({ partition, offset }) => [partition, offset]),
      [
        [0, 0],
        [0, 1],
        [0, 2]
      ]
    )
  })

  it('follows the table: a new column appears with the next start marker, a dropped one stays and is null', async (t) => {
    const { context } = await memoryTopics()
    t.after(() => closeConnections())
    const channel = erpChanges('prix')
    const writer = await channel.writer().open(context)
    await writer.write([marker('start', ['id', 'old']), row({ id: '1', old: 'x' })], { signal })
    await writer.write([marker('start', ['id', 'new']), row({ id: '1', new: 'y' })], { signal })
    await writer.write([marker('start', ['id', 'new']), row({ id: '1', new: 'z' })], { signal })
    const items = await readAll(await channel.reader('ods.prix').open(context), 6)
    assert.deepEqual(
      items.flatMap(({ value }) => (value.after ? [value.after] : [])),
      [
        { id: '1', old: 'x' },
        { id: '1', old: null, new: 'y' },
        { id: '1', old: null, new: 'z' }
      ]
    )
  })
})
