/** What a parameter of a statement may be. */
export type SqlValue = string | number | null

/** SQL with parameters written `@name`, as SQL Server has them; each dialect's connection renders them. */
export interface Statement {
  readonly text: string
  readonly values?: Readonly<Record<string, SqlValue>>
}

/** The statement as PostgreSQL takes it: `$1` for the first name met, and so on. */
export function positional({ text, values = {} }: Statement): { text: string; values: SqlValue[] } {
  const names: string[] = []
  const rendered = text.replaceAll(/@(\w+)/g, (_, name: string) => {
    if (!names.includes(name)) names.push(name)
    return `$${names.indexOf(name) + 1}`
  })
  return { text: rendered, values: names.map((name) => values[name] ?? null) }
}
