import { connectionFor } from '../../topics/connection.ts'
import { channelContract, isolatedContext } from '../contracts/channel.contract.ts'
import { deleteTopics } from '../support/delete-topics.ts'

channelContract('a topic on Kafka with a schema registry', async () => {
  const context = isolatedContext(process.env)
  const connection = connectionFor(context.settings)
  return {
    context,
    connection,
    stop: () => deleteTopics(context.settings)
  }
})
