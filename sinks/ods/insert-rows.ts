import type { OdsSession } from './ods-database.ts'
import type { SqlValue } from './statement.ts'

/** SQL Server takes 2,100 parameters at most. */
const parametersAtMost = 1_600

/** Inserts rows that have the same columns, in as few statements as parameters allow. */
export async function insertRows(
  session: OdsSession,
  table: string,
  rows: readonly Readonly<Record<string, SqlValue>>[]
): Promise<void> {
  const names = Object.keys(rows[0] ?? {})
  const perInsert = Math.floor(parametersAtMost / Math.max(1, names.length))
  for (let at = 0; at < rows.length; at += perInsert) {
    const part = rows.slice(at, at + perInsert)
    const tuples = part.map((_, n) => `(${names.map((name) => `@${name}_${n}`).join(', ')})`)
    const values = Object.fromEntries(
      part.flatMap((row, n) => names.map((name) => [`${name}_${n}`, row[name] ?? null]))
    )
    await session.query(`fill ${table}`, {
      text: `INSERT INTO ${table} (${names.join(', ')}) VALUES ${tuples.join(', ')}`,
      values
    })
  }
}
