import { type ConfiguredTables, findTable, type WrongRow } from '../../schemas/erp/configured-tables.ts'
import { type EtlTable, priorities } from '../../schemas/erp/metadata.ts'

/** The words a filter may have beside names of tables. */
const words: Readonly<Record<string, (table: EtlTable) => boolean>> = {
  all: () => true,
  dimensions: ({ isDimension }) => isDimension,
  facts: ({ isFact }) => isFact,
  ...Object.fromEntries(priorities.map((word) => [word, ({ priority }: EtlTable) => priority === word]))
}

/** What `--filter` takes, for help. */
export const filterForm = `${Object.keys(words).join(', ')}, or names of tables, separated by commas`

/** The tables a filter means, and the wrong rows among them; CONFIG_INVALID names a table that is not configured. */
export function chooseTables(configured: ConfiguredTables, filter: string): ConfiguredTables {
  const tables = new Set<EtlTable>()
  const wrong = new Set<WrongRow>()
  for (const part of filter.split(',').map((text) => text.trim())) {
    const isMeant = words[part]
    const named = configured.wrong.filter(
      ({ tableName }) => part === 'all' || tableName.toLowerCase() === part.toLowerCase()
    )
    for (const row of named) wrong.add(row)
    if (isMeant) for (const table of configured.tables.filter(isMeant)) tables.add(table)
    else if (part !== '' && named.length === 0) tables.add(findTable(configured, part))
  }
  return { tables: [...tables], wrong: [...wrong] }
}
