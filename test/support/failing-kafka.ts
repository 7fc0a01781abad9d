import { CourantError } from '../../runtime/errors.ts'
import { memoryKafka } from '../../topics/kafka/memory/memory.ts'
import type { KafkaClient } from '../../topics/kafka/port.ts'

/** Kafka in memory whose sends can be made to fail, as when no broker answers unless said otherwise. */
export function failingKafka(): { kafka: KafkaClient; setDown: (isDown: boolean, error?: Error) => void } {
  const kafka = memoryKafka()
  let failure: Error | null = null
  return {
    setDown(isDown, error = new CourantError('TOPICS_UNAVAILABLE', 'no broker answers')) {
      failure = isDown ? error : null
    },
    kafka: {
      ...kafka,
      async producer() {
        const producer = await kafka.producer()
        return {
          ...producer,
          async send(records, options) {
            if (failure) throw failure
            await producer.send(records, options)
          }
        }
      }
    }
  }
}
