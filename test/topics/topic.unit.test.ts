import { share } from '../../topics/connection.ts'
import { memoryKafka } from '../../topics/kafka/memory/memory.ts'
import { memoryRegistry } from '../../topics/registry/memory.ts'
import { channelContract, isolatedContext } from '../contracts/channel.contract.ts'

channelContract('a topic in memory', async () => {
  const context = isolatedContext()
  const connection = share(context.settings, { kafka: memoryKafka(), registry: memoryRegistry() })
  return { context, connection, stop: () => connection.kafka.close() }
})
