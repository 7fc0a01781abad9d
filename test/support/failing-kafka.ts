import { CourantError } from '../../runtime/errors.ts'
import { memoryKafka } from '../../topics/kafka/memory.ts'
import type { KafkaClient } from '../../topics/kafka/port.ts'

/** Kafka in memory whose sends can be made to fail as when no broker answers. */
export function failingKafka(): { kafka: KafkaClient; setDown: (isDown: boolean) => void } {
  const kafka = memoryKafka()
  let isDown = false
  return {
    setDown(down) {
      isDown = down
    },
    kafka: {
      ...kafka,
      async producer() {
        const producer = await kafka.producer()
        return {
          ...producer,
          async send(records, options) {
            if (isDown) throw new CourantError('TOPICS_UNAVAILABLE', 'no broker answers')
            await producer.send(records, options)
          }
        }
      }
    }
  }
}
