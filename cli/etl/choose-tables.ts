import { type EtlTable, findEtlTable, priorities } from '../../schemas/erp/metadata.ts'

/** The words a filter may have beside names of tables. */
const words: Readonly<Record<string, (table: EtlTable) => boolean>> = {
  all: () => true,
  dimensions: ({ isDimension }) => isDimension,
  facts: ({ isFact }) => isFact,
  ...Object.fromEntries(priorities.map((word) => [word, ({ priority }: EtlTable) => priority === word]))
}

/** What `--filter` takes, for help. */
export const filterForm = `${Object.keys(words).join(', ')}, or names of tables, separated by commas`

/** The tables a filter means; CONFIG_INVALID names a table that is not configured. */
export function chooseTables(tables: readonly EtlTable[], filter: string): readonly EtlTable[] {
  const chosen = filter
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .flatMap((part) => {
      const isMeant = words[part]
      return isMeant ? tables.filter(isMeant) : [findEtlTable(tables, part)]
    })
  return [...new Set(chosen)]
}
