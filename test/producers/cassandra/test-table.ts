import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Client } from 'cassandra-driver'
import { connectCassandra } from '../../../producers/cassandra/connect-cassandra.ts'
import { type Environment, settingsFrom } from '../../../runtime/settings.ts'
import type { Table } from '../../../schemas/table.ts'
import { sourceTable } from '../../../local/sample/source-tables.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'

/** A keyspace for one test file, because Cassandra is slow to make one; each test has a table of its own in it. */
export interface TestKeyspace {
  readonly name: string
  readonly client: Client
  /** The settings of whoever looks into it. */
  readonly env: Environment
  /** Makes an empty table like one of the application's, or with other columns. */
  table(like: Table, columns?: string): Promise<TestTable>
  readonly drop: () => Promise<void>
}

export interface TestTable {
  readonly table: Table
  /** Quoted, with its keyspace, for queries. */
  readonly name: string
  readonly client: Client
  /** The settings of a reader with a state folder of its own, polling and comparing all the time. */
  readonly env: Environment
  readonly drop: () => Promise<void>
}

export async function testKeyspace(): Promise<TestKeyspace> {
  const stack = sharedStack('cassandra')
  const keyspace = unique('cassandra').replaceAll('-', '_')
  const client = await connectCassandra(settingsFrom(stack))
  await client.execute(
    `CREATE KEYSPACE ${keyspace} WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}`
  )
  let made = 0
  return {
    name: keyspace,
    client,
    env: { ...stack, COURANT_CASSANDRA_KEYSPACE: keyspace },
    async table(like, columns = columnsOf(like)) {
      made += 1
      const sourceTable = `T_${made}`
      const name = `${keyspace}."${sourceTable}"`
      await client.execute(`CREATE TABLE ${name} (${columns})`)
      const stateDir = mkdtempSync(join(tmpdir(), 'courant-cassandra-'))
      return {
        table: { ...like, sourceTable },
        name,
        client,
        env: { ...stack, ...fastReading, COURANT_CASSANDRA_KEYSPACE: keyspace, COURANT_STATE_DIR: stateDir },
        async drop() {
          rmSync(stateDir, { recursive: true, force: true })
          await client.execute(`DROP TABLE ${name}`)
        }
      }
    },
    async drop() {
      await client.execute(`DROP KEYSPACE ${keyspace}`)
      await client.shutdown()
    }
  }
}

const fastReading = {
  COURANT_CASSANDRA_POLL_MS: '20',
  COURANT_CASSANDRA_COMPARE_MS: '100',
  COURANT_CASSANDRA_OVERLAP_MS: '5000',
  COURANT_CASSANDRA_RANGES: '4'
}

function columnsOf(like: Table): string {
  const { columns, primaryKey } = sourceTable(like.sourceTable as 'C_UserPurchases')
  const list = Object.entries(columns).map(([name, type]) => `${name} ${type}`)
  return `${list.join(', ')}, PRIMARY KEY (${primaryKey})`
}

/** A uuid that is the number, so that a row can be told by its key. */
export function numbered(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
}

export function numberOf(uuid: string | null | undefined): number {
  return Number((uuid ?? '').slice(-12))
}
