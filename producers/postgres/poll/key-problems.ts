import type { Table } from '../../../schemas/table.ts'
import type { Found } from '../table/find-table.ts'
import { quoteName } from './key-column.ts'

const quoted = (names: readonly string[]): string => names.map(quoteName).join(', ')

/** Why rows of a table cannot be told apart by the key in the .avsc file, and the statements that mend it. */
export function keyProblems(name: string, { key }: Table, found: Found): string[] {
  const isUnique = found.indexes.some(
    (index) =>
      index.isUnique &&
      index.columns.length === key.length &&
      key.every((column) => index.columns.includes(column))
  )
  const nullable = key.filter((column) => found.columns.has(column) && !found.columns.get(column)?.isNotNull)
  if (isUnique && nullable.length === 0) return []
  const notNull = nullable.map(
    (column) => `ALTER TABLE ${name} ALTER COLUMN ${quoted([column])} SET NOT NULL;`
  )
  const isPartitioned = found.kind === 'p'
  const uniqueOver = isPartitioned ? [...new Set([...found.partitionedBy, ...key])] : key
  const concurrently = isPartitioned ? '' : 'CONCURRENTLY '
  const statements = [
    ...notNull,
    ...(isUnique ? [] : [`CREATE UNIQUE INDEX ${concurrently}ON ${name} (${quoted(uniqueOver)});`])
  ]
  const needsMore = !isUnique && uniqueOver.length > key.length
  const why = `(${key.join(', ')}) is not its primary key: without one rows cannot be told apart`
  if (uniqueOver.includes(''))
    return [
      `${why}. It is partitioned by an expression, so that it can have none: name its partitions one by one`
    ]
  return [
    needsMore
      ? `${why}. Its partitions may have keys, but it is partitioned by ${found.partitionedBy.join(', ')}, which its own must contain: ${statements.join(' ')} and write "key": ${JSON.stringify(uniqueOver)} into the .avsc file`
      : `${why}. If they are unique: ${statements.join(' ')}`
  ]
}
