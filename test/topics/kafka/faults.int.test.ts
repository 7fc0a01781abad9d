import kafkajs from 'kafkajs'
import { settingsFrom } from '../../../runtime/settings.ts'
import { kafkaClient } from '../../../topics/kafka/client.ts'
import { kafkaFaultContract } from '../../contracts/kafka-faults.contract.ts'
import { FaultProxy } from '../../support/fault-proxy.ts'
import { sharedStack } from '../../support/stack.ts'

const timing = { requestMs: 1_500, deliveryMs: 6_000, unavailableMs: 4_000, drainMs: 3_000 }
const sessionMs = 6_000

kafkaFaultContract('the client over kafkajs', async () => {
  const env = {
    ...sharedStack('kafka'),
    COURANT_KAFKA_SESSION_MS: String(sessionMs),
    COURANT_KAFKA_STUCK_MS: '3000'
  }
  const brokers = sharedStack('kafka')['COURANT_KAFKA_BROKERS'] ?? ''
  const settings = settingsFrom(env)
  const proxy = await FaultProxy.start(brokers)
  const client = kafkaClient(settings, { ...timing, via: proxy.via })
  const direct = kafkaClient(settings, { drainMs: 500 })
  return {
    client,
    direct,
    proxy,
    ...timing,
    sessionMs,
    async deleteBefore(topic, partition, offset) {
      const { Kafka, logLevel } = kafkajs
      const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin()
      try {
        await admin.connect()
        await admin.fetchTopicOffsets(topic)
        await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] })
      } finally {
        await admin.disconnect()
      }
    },
    async close() {
      proxy.heal()
      await Promise.all([client.close(), direct.close()])
      await proxy.close()
    }
  }
})
