import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { bytesContent } from '../../../runtime/object-store/content.ts'
import { FolderLedger, ledgerName } from '../../../sinks/lake/folder-ledger.ts'
import { MemoryObjectStore } from '../../support/memory-object-store.ts'

const [folder, topic] = ['silver/users', 'activity.users.clean']
const at = (partition: number, offset: number) => new Map([[partition, offset]])

describe('the ledger of a folder', () => {
  it('keeps what several writers note, and what is noted late takes nothing back', async () => {
    const store = new MemoryObjectStore()
    const [one, other] = [new FolderLedger(store, folder), new FolderLedger(store, folder)]
    await one.topics.save(topic, { id: 'a', generation: 0 })
    await one.stored.save?.(topic, at(0, 10))
    await other.stored.save?.(topic, at(1, 5))
    await one.stored.save?.(topic, at(0, 20))
    await other.stored.save?.(topic, at(0, 15))
    assert.deepEqual(
      [...(await new FolderLedger(store, folder).stored.nextOffsets(topic, [0, 1, 2]))],
      [
        [0, 20],
        [1, 5],
        [2, 0]
      ]
    )
    assert.deepEqual(await other.topics.load(topic), { id: 'a', generation: 0 })
  })

  it('leaves partitions to their group only in a folder that is older than it', async () => {
    const store = new MemoryObjectStore()
    await store.put(`${folder}/2026-11-22/users-p0-0000000000000000.parquet`, bytesContent('x'))
    const ledger = new FolderLedger(store, folder)
    assert.deepEqual([...(await ledger.stored.nextOffsets(topic, [0, 1]))], [])
    await ledger.topics.save(topic, { id: 'a', generation: 0 })
    await ledger.stored.save?.(topic, at(0, 7))
    assert.deepEqual([...(await ledger.stored.nextOffsets(topic, [0, 1]))], [[0, 7]])
  })

  it('notices a folder that was put back, or emptied, while it is written', async () => {
    for (const before of [at(0, 10), null]) {
      const store = new MemoryObjectStore()
      const ledger = new FolderLedger(store, folder)
      if (before) await ledger.stored.save?.(topic, before)
      const earlier = before && (await store.get(ledgerName(folder)))
      await ledger.stored.save?.(topic, at(0, 30))
      await store.delete(ledgerName(folder))
      if (earlier) {
        const text = Buffer.concat(await earlier.toArray()).toString()
        await store.put(ledgerName(folder), bytesContent(text))
      }
      await assert.rejects(async () => ledger.stored.save?.(topic, at(0, 40)), { code: 'SINK_BEHIND' })
      assert.equal((await ledger.stored.nextOffsets(topic, [0])).get(0), before ? 10 : 0)
      await ledger.stored.save?.(topic, at(0, 40))
    }
  })
})
