import { kafkaContract } from '../../../contracts/kafka.contract.ts'
import { memoryKafka } from '../../../../topics/kafka/memory/memory.ts'

kafkaContract('the in-process broker', async () => memoryKafka())
