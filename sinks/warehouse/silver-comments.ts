import type { DuckDBConnection } from '@duckdb/node-api'
import type { Table } from '../../schemas/table.ts'
import { historyViewName, viewName } from '../../schemas/view-names.ts'
import { sqlName, sqlText } from '../lake/duckdb.ts'

/** What the columns that Courant adds say. */
const technical: Readonly<Record<string, string>> = {
  _op: 'What the change was: c insert, u update, d delete, r read by a snapshot',
  _version: 'Grows with each change of a row; of two changes the greater is the later',
  _changed_at:
    'When the change happened at its source: for tables with a time cursor what that column says, also of rows that a snapshot read; of a delete that was found by comparison, when it was found',
  _partition: 'Partition of its clean topic',
  _offset: 'Offset in that partition',
  _withdrawn: 'Of a row that is no longer valid at its source: why. Null otherwise'
}

/** The comments of a table's views, from the `doc` of its .avsc: what catalogues and editors show beside names. */
export async function commentSilverViews(
  connection: DuckDBConnection,
  { database, table, columns }: { database: string; table: Table; columns: readonly string[] }
): Promise<void> {
  const doc = (table.avro.doc ?? '').trim()
  const about = {
    [viewName(table)]: `${doc} The newest row of each key that is there at the source.`,
    [historyViewName(table)]:
      `${doc} Every change; silver.${asOfName(table)}(time) has the rows as they were then.`
  }
  for (const [name, comment] of Object.entries(about)) {
    const view = `${database}.silver.${sqlName(name)}`
    await connection.run(`COMMENT ON VIEW ${view} IS ${sqlText(comment.trim())}`)
    for (const column of columns) {
      const text = technical[column] ?? columnComment(table, column)
      if (text) await connection.run(`COMMENT ON COLUMN ${view}.${sqlName(column)} IS ${sqlText(text)}`)
    }
  }
}

/** The macro that has a table's rows as they were at a time. */
export const asOfName = (table: Table): string => `${viewName(table)}_as_of`

/** The field's `doc`, that it is the key, and that it is personal data; of a column of older files that it is gone. */
function columnComment(table: Table, column: string): string {
  const declared = table.columns.find(({ name }) => name === column)
  if (!declared) return 'A column that the table had earlier'
  const doc = table.avro.fields.find(({ name }) => name === column)?.doc ?? ''
  return [
    doc.trim(),
    table.key.includes(column) ? 'Key.' : '',
    table.cursor === column ? 'Changes are found by it.' : '',
    declared.pii === null ? '' : `Personal data: ${declared.pii}.`
  ]
    .filter((part) => part !== '')
    .join(' ')
}
