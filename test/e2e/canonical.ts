import type { Table } from '../../schemas/table.ts'

/** A row as one text: its columns in the schema's order, each as text or null. */
export function canonical(table: Table, row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(
    table.columns.map(({ name }) => {
      const value = row[name] as string | number | null | undefined
      return value === null || value === undefined ? null : String(value)
    })
  )
}
