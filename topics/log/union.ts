import { CourantError } from '../../runtime/errors.ts'
import type { Channel } from '../../runtime/pipeline.ts'
import { type Topic, topicReader } from '../topic.ts'

/** Several topics read as one channel by one consumer group; an item's `topic` says where it comes from. */
export function union<T>(topics: readonly Topic<T>[]): Channel<T> {
  const name = topics.map((topic) => topic.name).join(',')
  return {
    name,
    reader: (group, options = {}) => topicReader(topics, { group, ...options }),
    writer: () => ({
      describe: `topics ${name}`,
      async open() {
        throw new CourantError('CONFIG_INVALID', `A union is for reading: write to one of ${name}`)
      }
    })
  }
}
