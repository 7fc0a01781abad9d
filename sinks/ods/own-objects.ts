import type { OdsSession } from './ods-database.ts'

/** Where the objects that migrations made are marked: by the number that the database itself gave each. */
export const markTable = 'etl.Objects'

/** What the marks say of the objects that migrations make. */
export interface Marks {
  /** True of an object that Courant made, or of which nobody knows, because it is from before there were marks. */
  isOurs(name: string): boolean
}

/**
 * Reads the marks. What stands under a marked name with another number was made by somebody else, after ours was
 * dropped. In a database that was copied every number is new, that of the table of marks too: then the names count.
 */
export async function readMarks(session: OdsSession, names: readonly string[]): Promise<Marks> {
  const rows = await session.query('read its marks', {
    text: `SELECT ObjectName AS name, ObjectId AS id FROM ${markTable}`
  })
  const marked = new Map(rows.map((row) => [String(row['name']).toLowerCase(), Number(row['id'])]))
  const found = await numbersOf(session, [markTable, ...names])
  const own = markTable.toLowerCase()
  const isCopy = marked.get(own) !== found.get(own)
  return {
    isOurs(name) {
      const mark = marked.get(name.toLowerCase())
      return mark === undefined || isCopy || mark === found.get(name.toLowerCase())
    }
  }
}

/** Marks objects as made by Courant, those that are there. */
export async function markObjects(session: OdsSession, names: readonly string[]): Promise<void> {
  const found = await numbersOf(session, names)
  for (const [name, id] of found) {
    const doing = 'mark what Courant made'
    await session.query(doing, {
      text: `DELETE FROM ${markTable} WHERE ObjectName = @name`,
      values: { name }
    })
    await session.query(doing, {
      text: `INSERT INTO ${markTable} (ObjectName, ObjectId) VALUES (@name, @id)`,
      values: { name, id }
    })
  }
}

/** The numbers of objects that are there, by their names in lower case. */
async function numbersOf(
  session: OdsSession,
  names: readonly string[]
): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  for (const name of new Set(names)) {
    const [row] = await session.query('look for an object', session.dialect.objectNumber(name))
    if (row && row['id'] !== null) found.set(name.toLowerCase(), Number(row['id']))
  }
  return found
}
