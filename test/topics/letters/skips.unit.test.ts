import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { StoredOffsets } from '../../../runtime/pipeline.ts'
import { tables } from '../../../schemas/tables.ts'
import { topicsOf } from '../../../topics/catalogue.ts'
import { waitingLetters } from '../../../topics/letters/letters.ts'
import { replay } from '../../../topics/letters/replay.ts'
import { skipRecords } from '../../../topics/letters/skip-records.ts'
import { userChange } from '../../support/changes.ts'
import { memoryTopics } from '../../support/memory-topics.ts'

const signal = AbortSignal.timeout(60_000)
const topic = topicsOf(tables.users).clean
const pipeline = 'standing'
const request = {
  pipeline,
  topic: topic.name,
  partition: 0,
  reason: 'it stands still',
  isDryRun: false,
  signal
}

async function standing() {
  const made = await memoryTopics({ pipelines: [pipeline], env: { COURANT_KAFKA_PARTITIONS: '1' } })
  const writer = await topic.writer().open(made.context)
  await writer.write(
    [1, 2, 3, 4, 5].map((n) => userChange(n)),
    { signal }
  )
  const read = async ({ window = 0, stored }: { window?: number; stored?: StoredOffsets } = {}) => {
    const reader = await topic.reader(pipeline, { repeatWindow: window }).open(made.context)
    if (stored) reader.resumeFrom?.(stored)
    const batch = await reader.read({ limit: 100, lingerMs: 20, signal })
    await reader.commit(batch)
    await reader.close()
    return batch.items.map(({ offset }) => offset)
  }
  const letters = async () => {
    const found = []
    for await (const letter of waitingLetters(pipeline, made.connection, { limit: 100, signal }))
      found.push(letter)
    return found
  }
  return { ...made, read, letters }
}

describe('what a pipeline is told to skip', () => {
  it('is passed by it, set aside with the reason, and can be replayed', async () => {
    const { connection, read, letters } = await standing()
    const report = await skipRecords({ ...request, from: 1, to: 2 }, connection)
    assert.deepEqual([report.from, report.to, report.records, report.unreadable], [1, 2, 2, null])
    assert.deepEqual(await read(), [0, 3, 4])
    const set = await letters()
    assert.deepEqual(
      set.map(({ source, code, message }) => [source?.offset, code, message]),
      [1, 2].map((offset) => [offset, 'SKIPPED', 'Passed by hand: it stands still'])
    )
    const options = { signal, isDryRun: false, perSecond: 1_000, limit: 10, topics: [topic.name] }
    assert.equal((await replay(pipeline, connection, options)).byTopic.get(topic.name), 2)
    assert.equal((await read()).length, 2)
  })

  for (const window of [0, 100])
    it(`is passed where reading would begin in it, with a window of ${window}`, async () => {
      const { connection, read } = await standing()
      await skipRecords({ ...request, to: 1 }, connection)
      assert.deepEqual(await read({ window }), [2, 3, 4])
    })

  it('is passed by a sink that keeps its own offsets, too', async () => {
    const { connection, read } = await standing()
    await skipRecords({ ...request, from: 1, to: 3 }, connection)
    for (const [next, expected] of [
      [0, [0, 4]],
      [1, [4]],
      [2, [4]],
      [4, [4]]
    ] as const) {
      const stored: StoredOffsets = { nextOffsets: async () => new Map([[0, next]]) }
      assert.deepEqual(await read({ stored }), expected, `stored ${next}`)
    }
  })

  it('is only told by a dry run, and refused where it is not in the log or would hide what is skipped already', async () => {
    const { connection, read, letters } = await standing()
    assert.equal((await skipRecords({ ...request, to: 2, isDryRun: true }, connection)).records, 3)
    assert.deepEqual(await letters(), [])
    for (const range of [{ to: 5 }, { from: 3, to: 2 }, { partition: 1, to: 1 }])
      await assert.rejects(skipRecords({ ...request, ...range }, connection), { code: 'CONFIG_INVALID' })
    await skipRecords({ ...request, from: 0, to: 0 }, connection)
    await assert.rejects(
      skipRecords({ ...request, from: 3, to: 3 }, connection),
      /has not passed offsets 0 to 0/
    )
    await skipRecords({ ...request, from: 1, to: 1 }, connection)
    assert.deepEqual(await read(), [2, 3, 4])
  })
})
