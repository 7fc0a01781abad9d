import type { Context } from '../../../runtime/pipeline.ts'
import type { Connection } from '../connection.ts'
import type { Found } from './find-table.ts'
import * as names from '../settings.ts'
import { type KeyColumn, orderedColumn, quoteName } from '../poll/key-column.ts'
import { type SourceTable } from './source-table.ts'

/** Warns of what makes the server read or sort a whole table; only of what an index would mend, or says that none would. */
export function warnAboutIndexes({ log }: Context, table: SourceTable, found: Found): void {
  const { name, cursor, key } = table
  if (cursor && !found.indexes.some((index) => index.columns[0] === cursor.name))
    log.warn(
      { table: name },
      `each poll reads the whole table until CREATE INDEX CONCURRENTLY ON ${name} (${quoteName(cursor.name)})`
    )
  if (key.every(({ order }) => order === 'bytes' || order === 'integer') || hasKeyIndex(key, found)) return
  const unfit = key.filter(
    ({ name: column, order }) => order === 'printed' && !found.columns.get(column)?.hasFixedText
  )
  log.warn(
    { table: name },
    unfit.length > 0
      ? `pages by key sort the table, which no index can help: key ${unfit.map((column) => `${column.name} is ${column.type}`).join(', ')}. Of a large table, read the log: ${names.mode.env}=log`
      : `pages by key sort the table unless an index on ${name} has the key as ${key.map(orderedColumn).join(', ')}`
  )
}

/** Whether an index begins with the key as pages by key compare it. */
function hasKeyIndex(key: readonly KeyColumn[], { indexes }: Found): boolean {
  return indexes.some(({ columns, parts }) =>
    key.every(({ name, order }, n) => {
      const part = parts[n]
      if (order === 'printed')
        return part?.isBytes === true && /::text|abbrev\(/.test(part.sql) && part.sql.includes(name)
      return columns[n] === name && (order !== 'collate' || part?.isBytes === true)
    })
  )
}

/** From about so many rows on, a comparison takes long enough to be made seldom. */
const manyRows = 100_000

/**
 * Of a large table that is polled by its cursor: warns of what the cursor does not show, which the comparison finds, and
 * of the log, which tells it at once. A small one is compared every few seconds.
 */
export async function warnAboutNews(
  connection: Connection,
  { log, settings }: Context,
  { table: { name, cursor }, found }: { readonly table: SourceTable; readonly found: Found }
): Promise<void> {
  if (cursor === null || found.rows < manyRows || settings.text(names.mode) === 'log') return
  const isNullable = !found.columns.get(cursor.name)?.isNotNull
  const some = `SELECT 1 FROM ${name} WHERE ${quoteName(cursor.name)} IS NULL LIMIT 1`
  const hasNulls = isNullable && (await connection.rows(`rows without ${cursor.name}`, some)).length > 0
  const seconds = Math.round(settings.number(names.compareMs) / 1000)
  const what = `deletes and changed keys${hasNulls ? `, and rows whose ${cursor.name} is NULL, of which there are some,` : ''}`
  log.warn(
    { table: name, rows: found.rows },
    `${what} are found by comparing this large table, up to ${seconds} s apart: ${names.mode.env}=log tells them in seconds${hasNulls ? `, or make ${cursor.name} NOT NULL` : ''}`
  )
}
