import type { CheckedColumn, CheckResult } from '../check/result.ts'
import { fold } from '../types/fold.ts'
import { baseOf } from '../types/kinds.ts'

const avroTypes = {
  text: 'string',
  code: 'string',
  integer: 'long',
  decimal: { type: 'bytes', logicalType: 'decimal', precision: 38, scale: 17 },
  date: { type: 'int', logicalType: 'date' },
  timestamp: { type: 'long', logicalType: 'timestamp-micros' },
  boolean: 'boolean'
} as const

/** A draft of a contract from one file: what it has is what is asked for. Somebody who knows the dataset goes on from here. */
export function inferContract(
  result: CheckResult,
  { theme, dataset }: { theme: string; dataset: string }
): string {
  const names = uniqueNames(result.columns)
  const rows = result.rows.good + result.rows.rejected
  const contract = {
    type: 'record',
    name: pascal(dataset),
    namespace: `courant.files.${theme}`,
    doc: 'What a row is, who publishes it and how often: to be written.',
    courant: {
      source: 'files',
      names: [patternOf(result.source?.name ?? '')],
      key: [],
      unknown: 'evolve',
      errorBudget: 0.1,
      rules: [],
      datasetRules: [],
      sums: {}
    },
    fields: result.columns.map((column, place) => fieldOf(column, names[place] ?? '', rows))
  }
  return `${JSON.stringify(contract, null, 2)}\n`
}

function fieldOf({ name, type, filled }: CheckedColumn, target: string, rows: number): object {
  const avro = avroTypes[baseOf(type.kind)]
  const isFull = filled >= rows && rows > 0
  return { name: target, type: isFull ? avro : ['null', avro], file: { column: name, kind: type.kind } }
}

function uniqueNames(columns: readonly CheckedColumn[]): string[] {
  const used = new Map<string, number>()
  return columns.map(({ name }, place) => {
    const plain = snake(name) || `colonne_${place + 1}`
    const count = (used.get(plain) ?? 0) + 1
    used.set(plain, count)
    return count === 1 ? plain : `${plain}_${count}`
  })
}

function snake(name: string): string {
  const words = fold(name)
    .replaceAll('%', ' pct ')
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
  return /^\d/.test(words) ? `c_${words}` : words
}

const pascal = (name: string) =>
  snake(name).replaceAll(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

/** The name without its ending, and with anything where figures are: the next edition has others. */
const patternOf = (name: string) => name.replace(/(?:\.[a-z]{2,7}){1,2}$/i, '').replaceAll(/\d+/g, '*')
