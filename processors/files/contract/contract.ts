import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { CourantError } from '../../../runtime/errors.ts'
import type { TableHints } from '../table/open-table.ts'
import { isKind, type Kind } from '../types/kinds.ts'
import type { DecimalMark } from '../types/numbers.ts'
import { type RowRule, rowRule } from './row-rules.ts'

/** A column that a contract names. */
export interface Field {
  /** Its name in the lake. */
  readonly name: string
  /** How files write it, the usual name first. */
  readonly columns: readonly string[]
  readonly kind: Kind
  /** Whether a file must have the column. */
  readonly isRequired: boolean
  /** Whether every row must have a value. */
  readonly needsValue: boolean
  readonly min: number | null
  readonly max: number | null
  readonly codes: readonly string[] | null
  /** What stands for a missing value here, beside the usual marks. */
  readonly missing: readonly string[]
  /** Values that are written otherwise than they are meant. */
  readonly repair: Readonly<Record<string, string>>
  readonly mark: DecimalMark | null
  /** How many figures a decimal has; null where it is a double. */
  readonly decimal: { readonly precision: number; readonly scale: number } | null
}

/** Columns that are one thing several times: each becomes a row of its own. */
export interface Unpivot {
  /** The columns of a repeated block, by the names of the first; none where every further column is a value. */
  readonly block: readonly string[]
  /** What the name of a further column becomes, and what its value. */
  readonly name: string
  readonly value: string
  /** The kind of the values of further columns. */
  readonly kind: Kind
}

/** What a kind of dataset is like, whoever publishes it. */
export interface Contract {
  readonly theme: string
  readonly dataset: string
  readonly doc: string
  /** Patterns of file names, with * for anything. */
  readonly names: readonly string[]
  readonly fields: readonly Field[]
  readonly key: readonly string[]
  readonly unknown: 'evolve' | 'freeze' | 'discard'
  readonly errorBudget: number
  readonly rules: readonly RowRule[]
  /** Rules of the whole: `rows`, `distinct_<column>` and `sum_<column>` in them. */
  readonly datasetRules: readonly RowRule[]
  readonly unpivot: Unpivot | null
  /** What is fixed of how files are written, where finding it out goes wrong. */
  readonly reading: TableHints
  /** What may be summed over what, for who uses the rows. */
  readonly sums: Readonly<Record<string, string>>
  /** A regular expression over the file's name, whose groups tell the edition. */
  readonly edition: string | null
  /** Why only the newest edition counts; null where each edition is about something else. */
  readonly supersedes: string | null
}

/** A contract as its file has it: an Avro record with what concerns files beside its fields. */
interface ContractFile {
  readonly doc?: string
  readonly courant?: {
    readonly source?: string
    readonly names?: readonly string[]
    readonly key?: readonly string[]
    readonly unknown?: Contract['unknown']
    readonly errorBudget?: number
    readonly rules?: readonly string[]
    readonly datasetRules?: readonly string[]
    readonly unpivot?: Partial<Unpivot>
    readonly reading?: TableHints
    readonly sums?: Readonly<Record<string, string>>
    readonly edition?: string
    readonly supersedes?: string
  }
  readonly fields?: readonly FieldFile[]
}

interface FieldFile {
  readonly name?: string
  readonly type?: unknown
  readonly default?: unknown
  readonly file?: {
    readonly column?: string | readonly string[]
    readonly kind?: string
    readonly min?: number
    readonly max?: number
    readonly codes?: readonly string[]
    readonly missing?: readonly string[]
    readonly repair?: Readonly<Record<string, string>>
    readonly decimalMark?: DecimalMark
  }
}

/** Where the contracts of the house are. */
export const contractsFolder = join(import.meta.dirname, '../../../sinks/files/contracts')

/** The contracts of a folder: `<theme>/<dataset>.avsc`. Throws with all that is wrong with the first that is. */
export function loadContracts(folder: string): Contract[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((theme) =>
      readdirSync(join(folder, theme.name))
        .filter((name) => name.endsWith('.avsc'))
        .sort()
        .map((name) =>
          parseContract(`${theme.name}/${name}`, readFileSync(join(folder, theme.name, name), 'utf8'))
        )
    )
}

/** The contract that a text describes; `file` is `<theme>/<dataset>.avsc`. */
export function parseContract(file: string, text: string): Contract {
  const written = parsed(file, text)
  const { courant = {}, fields = [] } = written
  const problems = problemsOf(written)
  if (problems.length > 0)
    throw new CourantError('CONFIG_INVALID', `Contract ${file}: ${problems.join('; ')}`)
  return {
    theme: file.split('/')[0] ?? '',
    dataset: basename(file, '.avsc'),
    doc: written.doc ?? '',
    fields: fields.map(fieldOf),
    ...defaults,
    ...courant,
    rules: (courant.rules ?? []).map(rowRule),
    datasetRules: (courant.datasetRules ?? []).map(rowRule),
    unpivot: courant.unpivot ? { ...usualUnpivot, ...courant.unpivot } : null
  }
}

const usualUnpivot: Unpivot = { block: [], name: 'nom', value: 'valeur', kind: 'integer' }

const defaults = {
  names: [],
  key: [],
  unknown: 'evolve',
  errorBudget: 0.1,
  reading: {},
  sums: {},
  edition: null,
  supersedes: null
} as const

function parsed(file: string, text: string): ContractFile {
  try {
    return JSON.parse(text) as ContractFile
  } catch (error) {
    throw new CourantError('CONFIG_INVALID', `Contract ${file} is no JSON: ${(error as Error).message}`, {
      cause: error
    })
  }
}

function problemsOf({ courant, fields = [] }: ContractFile): string[] {
  const names = fields.map(({ name }) => name)
  const lost = (courant?.key ?? []).filter((name) => !names.includes(name))
  return [
    ...(courant?.source === 'files' ? [] : ['its courant attribute needs "source": "files"']),
    ...(fields.length > 0 ? [] : ['it has no fields']),
    ...(isExpression(courant?.edition ?? '') ? [] : ['its edition is no regular expression']),
    ...lost.map((name) => `its key names ${name}, which is no field`),
    ...fields.flatMap(fieldProblems)
  ]
}

function isExpression(text: string): boolean {
  try {
    return new RegExp(text, 'u') instanceof RegExp
  } catch {
    return false
  }
}

function fieldProblems({ name = '?', file }: FieldFile): string[] {
  const isName = /^[a-z_][a-z0-9_]*$/.test(name)
  return [
    ...(isName ? [] : [`the field ${name} needs a name of small letters, figures and _`]),
    ...(isKind(file?.kind ?? '') ? [] : [`the field ${name} has no known kind: ${file?.kind ?? 'none'}`])
  ]
}

function fieldOf({ name = '', type, file = {}, ...field }: FieldFile): Field {
  const isNullable = Array.isArray(type)
  return {
    name,
    columns: [file.column ?? name].flat(),
    kind: file.kind as Kind,
    isRequired: !('default' in field),
    needsValue: !isNullable,
    min: file.min ?? null,
    max: file.max ?? null,
    codes: file.codes ?? null,
    missing: file.missing ?? [],
    repair: file.repair ?? {},
    mark: file.decimalMark ?? null,
    decimal: decimalOf(type)
  }
}

function decimalOf(type: unknown): Field['decimal'] {
  const [found] = [type]
    .flat()
    .filter((each) => (each as { logicalType?: unknown } | null)?.logicalType === 'decimal')
  return found === undefined ? null : (found as NonNullable<Field['decimal']>)
}

/** Which edition a file is, by its name; null where its contract has no rule, or the name does not show it. */
export function editionOf({ edition }: Contract, fileName: string): string | null {
  if (edition === null) return null
  const found = new RegExp(edition, 'iu').exec(fileName)
  return found ? found.slice(1).filter(Boolean).join('-').toLowerCase() || null : null
}
