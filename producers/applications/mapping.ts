import { readFileSync } from 'node:fs'
import { CourantError } from '../../runtime/errors.ts'
import type { Settings } from '../../runtime/settings.ts'
import { type PartName, parts, required } from './parts.ts'
import { mappingFile } from './settings.ts'

/** Where a part of the record lies: its table and, by our name, its columns; null where the source has none. */
export interface PartMapping {
  readonly schema: string
  readonly table: string
  readonly columns: Readonly<Record<string, string | null>>
}

export type Mapping = Readonly<Record<PartName, PartMapping>>

interface MappingFile {
  readonly schema?: string
  readonly tables?: Readonly<Record<string, Partial<PartMapping> | undefined>>
}

const partNames = Object.keys(parts) as PartName[]

/** The mapping of the settings over the default one; throws CONFIG_INVALID with everything that is wrong in the file. */
export function readMapping(settings: Settings): Mapping {
  const file = settings.text(mappingFile)
  const own = readJson(file)
  const problems = [...unknownNames(own), ...missingNames(own)]
  if (problems.length > 0)
    throw new CourantError('CONFIG_INVALID', `Correct ${file}:\n  ${problems.join('\n  ')}`)
  const standard = readJson(mappingFile.default ?? file)
  return Object.fromEntries(partNames.map((part) => [part, partOf(part, { own, standard })])) as Mapping
}

function readJson(file: string): MappingFile {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as MappingFile
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CourantError('CONFIG_INVALID', `${mappingFile.env} cannot be read: ${reason}`, { cause })
  }
}

function partOf(part: PartName, { own, standard }: { own: MappingFile; standard: MappingFile }): PartMapping {
  const usual = standard.tables?.[part]
  const given = own.tables?.[part] ?? {}
  return {
    schema: given.schema ?? own.schema ?? standard.schema ?? 'public',
    table: given.table ?? usual?.table ?? part,
    columns: { ...usual?.columns, ...given.columns }
  }
}

/** A misspelt name would otherwise be passed over in silence. */
function unknownNames({ tables = {} }: MappingFile): string[] {
  return Object.entries(tables).flatMap(([part, mapping]) => {
    const known = parts[part as PartName] as object | undefined
    if (!known) return [`tables.${part} is none of ${partNames.join(', ')}`]
    return Object.keys(mapping?.columns ?? {})
      .filter((column) => !(column in known))
      .map((column) => `tables.${part}.columns.${column} is none of ${Object.keys(known).join(', ')}`)
  })
}

const missingNames = ({ tables = {} }: MappingFile): string[] =>
  partNames.flatMap((part) =>
    required[part]
      .filter((column) => tables[part]?.columns?.[column] === null)
      .map((column) => `tables.${part}.columns.${column} must name a column`)
  )
