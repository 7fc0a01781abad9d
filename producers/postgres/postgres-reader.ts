import type { Context, Reader, Spec } from '../../runtime/pipeline.ts'
import type { RawChange } from '../../schemas/change.ts'
import type { Table } from '../../schemas/table.ts'
import { type KeyState, openKeyState } from '../state/key-state.ts'
import { Connection } from './connection.ts'
import { keepKeyShape } from './poll/key-shape.ts'
import { LogReader } from './log/log-reader.ts'
import { PollingReader } from './poll/polling-reader.ts'
import { checkLog, warnOfLeftovers } from './log/replication-slot.ts'
import { database, mode, postgresSettings } from './settings.ts'
import { inspectTable } from './table/source-table.ts'
import { TableRows } from './table/table-rows.ts'

/**
 * Reads the changes of one PostgreSQL table: a first snapshot, then what is inserted, updated and deleted. Every
 * value is the text PostgreSQL prints. Opening it checks the table and throws SOURCE_REFUSED with all that is wrong.
 */
export function postgresReader(table: Table): Spec<Reader<RawChange>> {
  return {
    describe: `PostgreSQL table ${table.sourceTable}`,
    settings: postgresSettings,
    open: (context) => openReader(table, context),
    async check(context) {
      const connection = new Connection(context)
      try {
        const source = await inspectTable(connection, context, table)
        if (isLog(context)) await checkLog(connection, context, source)
      } finally {
        await connection.close()
      }
    }
  }
}

const isLog = ({ settings }: Context): boolean => settings.text(mode) === 'log'

async function openReader(table: Table, context: Context): Promise<Reader<RawChange>> {
  const connection = new Connection(context)
  let state: KeyState | undefined
  try {
    const source = await inspectTable(connection, context, table)
    if (!isLog(context)) await warnOfLeftovers(connection, context, source)
    state = openKeyState(context)
    keepKeyShape(state, source.key)
    const parts = {
      context,
      connection,
      rows: new TableRows(connection, source),
      state,
      origin: {
        connector: 'postgresql',
        name: table.domain,
        db: context.settings.text(database),
        table: table.sourceTable
      }
    }
    return isLog(context) ? new LogReader(parts) : new PollingReader(parts)
  } catch (error) {
    state?.close()
    await connection.close()
    throw error
  }
}
