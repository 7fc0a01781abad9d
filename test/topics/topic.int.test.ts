import { closeConnections, connectionFor } from '../../topics/connection.ts'
import { channelContract, isolatedContext } from '../contracts/channel.contract.ts'

channelContract('a topic on Kafka with a schema registry', async () => {
  const context = isolatedContext(process.env)
  const connection = connectionFor(context.settings)
  return {
    context,
    connection,
    async stop() {
      const admin = await connection.kafka.admin()
      await admin.deleteTopics((await admin.topics()).map(({ name }) => name))
      await admin.close()
      await closeConnections()
    }
  }
})
