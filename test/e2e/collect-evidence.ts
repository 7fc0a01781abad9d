import type { ConnectedSources } from '../../local/sample/connect-sources.ts'
import type { Settings } from '../../runtime/settings.ts'
import { type Change, changeId } from '../../schemas/change.ts'
import type { Table } from '../../schemas/table.ts'
import { topicsOf } from '../../topics/catalogue.ts'
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
    silver
  }
}

function logEntry(
  table: Table,
  { key, value, partition, offset }: TopicEntry<Change<unknown, unknown>>
): LogEntry {
  const { source, after } = value
  return {
    id: changeId(key, source),
    key,
    partition,
    offset,
    version: source.row_version,
    row: after === null ? null : canonical(table, after as Readonly<Record<string, unknown>>)
  }
}
