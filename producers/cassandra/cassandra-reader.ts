import { stateDir } from '../../runtime/files/positions.ts'
import type { Context, Reader, Spec } from '../../runtime/pipeline.ts'
import type { RawChange } from '../../schemas/change.ts'
import type { Table } from '../../schemas/table.ts'
import { deleteGuardSettings, deletesAllowed } from '../../runtime/files/delete-guard.ts'
import { openKeyState } from '../state/key-state.ts'
import { Ledger } from '../state/ledger.ts'
import { connectCassandra } from './connect-cassandra.ts'
import { connectionSettings, readingSettings } from './settings.ts'
import { CqlSource, type Source } from './source.ts'
import { sourceShape } from './source-shape.ts'
import { TableReader } from './table-reader.ts'

/**
 * Changes of a Cassandra table by polling: the newest rows twice a second, all rows every ten minutes (docs/cassandra.md
 * says what that cannot see). Connects at the first read; SOURCE_REFUSED when the table is not as its schema says.
 */
export function cassandraReader(table: Table): Spec<Reader<RawChange>> {
  return {
    describe: `polls the Cassandra table ${table.sourceTable}`,
    settings: [
      ...Object.values(connectionSettings),
      ...Object.values(readingSettings),
      deletesAllowed,
      ...deleteGuardSettings,
      stateDir
    ],
    async open(context) {
      const ledger = new Ledger(openKeyState(context))
      const keyspace = context.settings.text(connectionSettings.keyspace)
      const origin = { connector: 'cassandra', name: table.domain, db: keyspace, table: table.sourceTable }
      return new TableReader({ origin, context, ledger, connect: () => connect(table, context) })
    },
    async check(context) {
      const source = await connect(table, context)
      await source.close()
    }
  }
}

async function connect(table: Table, { settings }: Context): Promise<Source> {
  const client = await connectCassandra(settings)
  try {
    return new CqlSource(client, await sourceShape(client, settings.text(connectionSettings.keyspace), table))
  } catch (error) {
    // What went wrong first counts.
    await client.shutdown().catch(() => undefined)
    throw error
  }
}
