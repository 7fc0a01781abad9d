import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { appendHistory } from './history.ts'
import type { AvroField, AvroRecord } from './table.ts'

// The generator reads the .avsc files itself: the list in tables.ts imports the types that are made here.

const here = new URL('.', import.meta.url)
const banner = '// Made from the .avsc files by `npm run generate`; do not edit.\n'

/** The TypeScript text of each domain's types: a file name and what belongs in it. */
export function generatedTypes(): Map<string, string> {
  const domains = readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'types' && entry.name !== 'history')
    .map((entry) => entry.name)
  return new Map(domains.map((domain) => [`types/${domain}.ts`, typesOf(domain)]))
}

function typesOf(domain: string): string {
  const folder = new URL(`${domain}/`, here)
  const records = readdirSync(folder)
    .filter((file) => file.endsWith('.avsc'))
    .sort()
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as AvroRecord)
  return `${banner}\n${records.map(interfaceOf).join('\n')}`
}

function interfaceOf(record: AvroRecord): string {
  const fields = record.fields.map(
    (field) => `${docOf(field)}  readonly ${field.name}: ${tsType(field.type)}\n`
  )
  return `/** ${record.doc} */\nexport interface ${record.name} {\n${fields.join('')}}\n`
}

function docOf(field: AvroField): string {
  const unit = JSON.stringify(field.type)
    .match(/timestamp-micros|decimal|"date"/)?.[0]
    .replaceAll('"', '')
  const parts = [field.doc, unit && units[unit], field.pii && `Personal data: ${field.pii}.`].filter(Boolean)
  return parts.length > 0 ? `  /** ${parts.join(' ')} */\n` : ''
}

const units: Record<string, string> = {
  'timestamp-micros': 'Microseconds since the epoch, UTC.',
  decimal: 'Exact decimal as text.',
  date: 'Days since the epoch.'
}

function tsType(type: unknown): string {
  if (Array.isArray(type)) return type.map(tsType).toReversed().join(' | ')
  if (typeof type === 'object' && type !== null) return tsObject(type as Record<string, unknown>)
  const scalar = scalars[String(type)]
  if (!scalar) throw new Error(`no TypeScript type for Avro's ${String(type)}`)
  return scalar
}

function tsObject(type: Record<string, unknown>): string {
  if (type['logicalType'] === 'decimal') return 'string'
  if (type['type'] === 'enum') return (type['symbols'] as string[]).map((symbol) => `'${symbol}'`).join(' | ')
  if (type['type'] === 'array') return `readonly (${tsType(type['items'])})[]`
  if (type['type'] === 'map') return `Readonly<Record<string, ${tsType(type['values'])}>>`
  return tsType(type['type'])
}

const scalars: Record<string, string> = {
  null: 'null',
  string: 'string',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  float: 'number',
  double: 'number',
  bytes: 'Buffer'
}

if (import.meta.main) {
  for (const [file, text] of generatedTypes()) {
    mkdirSync(new URL('types/', here), { recursive: true })
    writeFileSync(new URL(file, here), text)
  }
  const problems = appendHistory()
  for (const problem of problems) process.stderr.write(`${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
}
