import { settingsFrom } from '../../../runtime/settings.ts'
import { kafkaClient } from '../../../topics/kafka/client.ts'
import { kafkaContract } from '../../contracts/kafka.contract.ts'
import { sharedStack } from '../../support/stack.ts'

kafkaContract('the client over kafkajs', async () =>
  kafkaClient(settingsFrom(sharedStack('kafka')), { metadataMs: 1_000, drainMs: 500 })
)
