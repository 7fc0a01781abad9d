import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { ConnectedSources } from '../../local/sample/connect-sources.ts'
import type { Settings } from '../../runtime/settings.ts'
import { type Change, changeId } from '../../schemas/change.ts'
import type { Table } from '../../schemas/table.ts'
import { goldSettings } from '../../sinks/gold/settings.ts'
import { stateFile } from '../../sinks/gold/state/gold-state.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import { connectionFor } from '../../topics/connection.ts'
import { type TopicEntry, readTopic } from '../support/read-topic.ts'
import { canonical } from './canonical.ts'
import type { Evidence, LogEntry } from './invariants.ts'
import { sourceRows } from './source-rows.ts'
import { storedRows } from './stored-rows.ts'

/** Reads all that is known of a table: its source, its topics and its files. */
export async function collectEvidence(
  table: Table,
  { settings, sources }: { settings: Settings; sources: ConnectedSources }
): Promise<Evidence> {
  const { changes, clean, rejects } = topicsOf(table)
  // First: what sinks hold only grows.
  const committed = await committedOf(table, settings)
  const [source, changed, cleaned, rejected, bronze, silver] = await Promise.all([
    sourceRows(table, sources),
    readTopic(changes, settings),
    readTopic(clean, settings),
    readTopic(rejects.topic, settings),
    storedRows(table, 'bronze', settings),
    storedRows(table, 'silver', settings)
  ])
  return {
    table: table.name,
    source,
    changes: changed.map((entry) => logEntry(table, entry)),
    clean: cleaned.map((entry) => logEntry(table, entry)),
    rejected: rejected.map(({ value }) => changeId(value.key, value)),
    bronze,
    silver,
    goldNext: goldOffsets(clean.name, settings),
    committed
  }
}

async function committedOf(table: Table, settings: Settings): Promise<Evidence['committed']> {
  const { changes, clean } = topicsOf(table)
  const admin = await connectionFor(settings).kafka.admin()
  const committedBy = async (group: string, { name }: { name: string }) => {
    const offsets = await admin.committed(group, [name])
    return new Map(offsets.map(({ partition, offset }) => [partition, offset]))
  }
  try {
    return {
      bronze: await committedBy(`bronze.${table.name}`, changes),
      silver: await committedBy(`silver.${table.name}`, clean),
      gold: await committedBy('gold', clean)
    }
  } finally {
    await admin.close()
  }
}

/** Read from Gold's file by ourselves: while Gold runs, nobody else may open its state. */
function goldOffsets(topic: string, settings: Settings): Map<number, number> {
  const file = stateFile(settings.text(goldSettings.dir))
  if (!existsSync(file)) return new Map()
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    const rows = database.prepare('SELECT partition, next_offset FROM offsets WHERE topic = ?').all(topic)
    return new Map(rows.map((row) => [Number(row['partition']), Number(row['next_offset'])]))
  } finally {
    database.close()
  }
}

function logEntry(
  table: Table,
  { key, value, partition, offset }: TopicEntry<Change<unknown, unknown>>
): LogEntry {
  const { source, after, withdrawn = null } = value
  return {
    id: changeId(key, source),
    key,
    partition,
    offset,
    version: source.row_version,
    row: after === null ? null : canonical(table, after as Readonly<Record<string, unknown>>),
    withdrawn
  }
}
