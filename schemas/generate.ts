import { readFileSync, readdirSync } from 'node:fs'
import type { RecordSchema } from './envelope.ts'
import { recordsIn } from './event.ts'
import type { AvroField } from './table.ts'

// The generator reads the .avsc files itself: the lists in tables.ts and events.ts import the types that are made here.

const here = new URL('.', import.meta.url)
const banner = '// Made from the .avsc files by `npm run generate`; do not edit.\n'

/** The TypeScript text of each domain's types: a file name and what belongs in it. */
export function generatedTypes(): Map<string, string> {
  const domains = readdirSync(here, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'types' && entry.name !== 'history')
    .map((entry) => entry.name)
    .filter((domain) => readdirSync(new URL(`${domain}/`, here)).some((file) => file.endsWith('.avsc')))
  return new Map(domains.map((domain) => [`types/${domain}.ts`, typesOf(domain)]))
}

function typesOf(domain: string): string {
  const folder = new URL(`${domain}/`, here)
  const records = readdirSync(folder)
    .filter((file) => file.endsWith('.avsc'))
    .sort()
    .flatMap((file) => recordsIn(JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as RecordSchema))
  return `${banner}\n${records.map(interfaceOf).join('\n')}`
}

function interfaceOf(record: Pick<RecordSchema, 'name' | 'doc' | 'fields'>): string {
  // Only a table's columns have numbers that we did not make ourselves.
  const isTable = (record as { courant?: { source?: string } }).courant?.source !== undefined
  const typeOf = ({ type }: AvroField) => (isTable && isLongField(type) ? largeType(type) : tsType(type))
  const fields = record.fields.map((field) => `${docOf(field)}  readonly ${field.name}: ${typeOf(field)}\n`)
  return `/** ${record.doc} */\nexport interface ${record.name} {\n${fields.join('')}}\n`
}

const isLongField = (type: unknown): boolean => [type].flat().includes('long')

/** A whole number beyond 53 bits is a bigint. */
const largeType = (type: unknown): string =>
  Array.isArray(type) ? 'number | bigint | null' : 'number | bigint'

function docOf(field: AvroField): string {
  const branches: readonly unknown[] = Array.isArray(field.type) ? field.type : [field.type]
  const unit = branches.map((branch) => (branch as { logicalType?: string }).logicalType).find(Boolean)
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
  const name = String(type)
  // A record that is defined elsewhere in the folder goes by its name.
  const known = scalars[name] ?? (/^[A-Z]/.test(name) ? name : undefined)
  if (!known) throw new Error(`no TypeScript type for Avro's ${name}`)
  return known
}

function tsObject(type: Record<string, unknown>): string {
  if (type['logicalType'] === 'decimal') return 'string'
  if (type['type'] === 'record') return String(type['name'])
  if (type['type'] === 'enum') return (type['symbols'] as string[]).map((symbol) => `'${symbol}'`).join(' | ')
  if (type['type'] === 'array') return arrayOf(tsType(type['items']))
  if (type['type'] === 'map') return `Readonly<Record<string, ${tsType(type['values'])}>>`
  return tsType(type['type'])
}

const arrayOf = (item: string) => (item.includes(' ') ? `readonly (${item})[]` : `readonly ${item}[]`)

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
