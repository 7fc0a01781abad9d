import type { Table } from './table.ts'

/** The view of a table's newest rows, in analysts' schema `silver`. */
export const viewName = ({ name }: Pick<Table, 'name'>): string => name.replaceAll('-', '_')

/** The view of every change of a table, beside it. */
export const historyViewName = (table: Pick<Table, 'name'>): string => `${viewName(table)}_history`
