import { topicCatalogue } from '../../../topics/catalogue.ts'
import { connectionFor } from '../../../topics/connection.ts'
import { applyPlan, planTopics } from '../../../topics/plan.ts'
import { isolatedContext } from '../../contracts/channel.contract.ts'
import { replayContract } from '../../contracts/replay.contract.ts'
import { deleteTopics } from '../../support/delete-topics.ts'
import { eventually } from '../../support/eventually.ts'
import { sharedStack } from '../../support/stack.ts'

replayContract('dead letters on Kafka', async (pipelines) => {
  const context = isolatedContext(sharedStack('kafka', 'registry'))
  const connection = connectionFor(context.settings)
  const wanted = topicCatalogue(pipelines).filter(({ name }) => /users\.|\.dead$/.test(name))
  await applyPlan(await planTopics(wanted, connection, context.settings), connection)
  const admin = await connection.kafka.admin()
  await eventually(async () => (await admin.topics()).length === wanted.length)
  return {
    context,
    connection,
    async stop() {
      await admin.close()
      await deleteTopics(context.settings)
    }
  }
})
