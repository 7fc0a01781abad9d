import assert from 'node:assert/strict'
import { test } from 'node:test'
import { settingsFrom } from '../../../runtime/settings.ts'
import { tables } from '../../../schemas/tables.ts'
import { behindGold } from '../../../sinks/gold/silver-progress.ts'
import { topicsOf } from '../../../topics/catalogue.ts'
import { share } from '../../../topics/connection.ts'
import { perGeneration } from '../../../topics/generations.ts'
import { memoryTopics } from '../../support/memory-topics.ts'

test('Silver of a topic that was made anew is not behind what analysts see once its group has read as far', async () => {
  const { connection } = await memoryTopics()
  const settings = settingsFrom({})
  share(settings, connection)
  const table = tables.userPurchases
  const topic = topicsOf(table).clean.name
  const silver = [
    { table, next: new Map([[0, perGeneration + 5]]), topic: { id: 'the second', generation: 1 } }
  ]
  // As compareWithSilver has it: the published database has offsets, and no ids of topics.
  const gold = { offsets: [{ topic, partition: 0, nextOffset: perGeneration + 6 }], topic: () => null }
  assert.deepEqual(await behindGold(silver, gold, settings), [table.name])
  // The last record was a repeat, which Silver does not store.
  const admin = await connection.kafka.admin()
  await admin.setCommitted(`silver.${table.name}`, [{ topic, partition: 0, offset: 6 }])
  assert.deepEqual(await behindGold(silver, gold, settings), [])
})
