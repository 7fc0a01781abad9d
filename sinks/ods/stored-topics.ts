import type { StoredTopics } from '../../runtime/pipeline.ts'
import { instantText } from './instant-text.ts'
import type { OdsDatabase } from './ods-database.ts'

const where = 'ConsumerGroup = @group AND Topic = @topic'

/** Topics that the offsets of a consumer group in the ODS are of. */
export function odsTopics(database: OdsDatabase, group: string): StoredTopics {
  const topics = database.dialect.ownTable('etl', 'Topics')
  return {
    async load(topic) {
      const [row] = await database.query('see which topic it is of', {
        text: `SELECT TopicId AS topicid, Generation AS generation FROM ${topics} WHERE ${where}`,
        values: { group, topic }
      })
      return row ? { id: String(row['topicid']), generation: Number(row['generation']) } : null
    },
    async save(topic, { id, generation }) {
      const values = { group, topic, id, generation, at: instantText(Date.now() * 1000) }
      await database.transaction('note which topic it is of', async (session) => {
        const doing = 'note which topic it is of'
        await session.query(doing, database.dialect.lock(`topics of ${group}`))
        await session.query(doing, {
          text: `DELETE FROM ${topics} WHERE ${where}`,
          values: { group, topic }
        })
        await session.query(doing, {
          text: `INSERT INTO ${topics} (ConsumerGroup, Topic, TopicId, Generation, UpdatedAt) VALUES (@group, @topic, @id, @generation, @at)`,
          values
        })
      })
    }
  }
}
