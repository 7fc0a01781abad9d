import { memoryTopics } from '../../support/memory-topics.ts'
import { replayContract } from '../../contracts/replay.contract.ts'

replayContract('dead letters in memory', async (pipelines) => {
  const { context, connection } = await memoryTopics({ pipelines })
  return { context, connection, stop: () => connection.kafka.close() }
})
