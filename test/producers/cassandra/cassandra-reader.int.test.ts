import { after, before } from 'node:test'
import { cassandraReader } from '../../../producers/cassandra/cassandra-reader.ts'
import { tables } from '../../../schemas/tables.ts'
import { type ReaderCase, readerContract } from '../../contracts/reader.contract.ts'
import { numbered, numberOf, type TestKeyspace, testKeyspace } from './test-table.ts'

let keyspace: TestKeyspace

before(async () => {
  keyspace = await testKeyspace()
})
after(() => keyspace.drop())

readerContract('Cassandra', start, {
  deletes: true,
  everyChange: 'a poll sees the last state of a row, not what it went through since the poll before',
  readsAhead: true
})

/** Notifications of seven users, the number in the notification's id. */
async function start(): Promise<ReaderCase> {
  const { table, name, client, env, drop } = await keyspace.table(tables.userNotifications)
  const keyOf = (id: number) => [numbered(id % 7), new Date(1_700_000_000_000 + id), numbered(id)]
  const where = 'WHERE user_id = ? AND notification_time = ? AND notification_id = ?'
  return {
    spec: cassandraReader(table),
    env,
    async put(rows) {
      for (const [id, text] of rows)
        await client.execute(
          `UPDATE ${name} SET content = ?, modified_at = toTimestamp(now()) ${where}`,
          [text, ...keyOf(id)],
          { prepare: true }
        )
    },
    async remove(ids) {
      for (const id of ids) await client.execute(`DELETE FROM ${name} ${where}`, keyOf(id), { prepare: true })
    },
    idOf: ({ before, after }) => numberOf((after ?? before)?.['notification_id']),
    textOf: ({ after }) => after?.['content'] ?? null,
    drop
  }
}
