import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { mostItemsAtOnce, repeatWindow } from '../../../runtime/loop/repeat-window.ts'
import { settingsOf } from '../../../runtime/loop/run-all.ts'
import { checkSettings } from '../../../runtime/settings.ts'
import { tables } from '../../../schemas/tables.ts'
import { lakeSinks } from '../../../sinks/index.ts'
import { topicsOf } from '../../../topics/catalogue.ts'
import { userChange } from '../../support/changes.ts'
import { memoryTopics, recordsOf } from '../../support/memory-topics.ts'

const signal = AbortSignal.timeout(120_000)
const topic = topicsOf(tables.users).clean

/** The largest batch there is, each item the largest: a delete and its tombstone. */
const batchFrom = (first: number) =>
  Array.from({ length: mostItemsAtOnce }, (_, n) => userChange(first + n, { op: 'd' }))

describe('a batch that is written again after a crash', () => {
  it('is dropped, wherever a reader starts in it, and though another batch was written meanwhile', async () => {
    const { context, connection } = await memoryTopics({ env: { COURANT_KAFKA_PARTITIONS: '1' } })
    const writer = await topic.writer().open(context)
    const [first, other] = [batchFrom(0), batchFrom(mostItemsAtOnce)]
    for (const batch of [first, other, first]) await writer.write(batch, { signal })
    const written = (await recordsOf(connection, topic.name)).length
    assert.equal(written, 6 * mostItemsAtOnce)
    const admin = await connection.kafka.admin()
    for (const startAt of [0, 4 * mostItemsAtOnce, 5 * mostItemsAtOnce, written - 2]) {
      const group = `from-${startAt}`
      await admin.setCommitted(group, [{ topic: topic.name, partition: 0, offset: startAt }])
      const reader = await topic.reader(group, { repeatWindow }).open(context)
      let read = 0
      for (let isOver = false; !isOver; ) {
        const batch = await reader.read({ limit: 5_000, lingerMs: 0, signal })
        read += batch.items.length
        isOver = batch.caughtUp
      }
      await reader.close()
      assert.equal(read, startAt === 0 ? 2 * mostItemsAtOnce : 0, group)
    }
  })

  it('cannot be larger by a setting, and every sink into the lake looks that far back', () => {
    const tooMany = { COURANT_BATCH_SIZE: String(mostItemsAtOnce + 1) }
    assert.throws(() => checkSettings(settingsOf([]), tooMany), { code: 'CONFIG_INVALID' })
    const windows = lakeSinks.flatMap(({ to }) => to.repeatWindow ?? [])
    assert.ok(windows.length > 0)
    assert.deepEqual([...new Set(windows)], [repeatWindow])
  })
})
