import { readFileSync, readdirSync } from 'node:fs'
import type { RecordSchema } from './envelope.ts'
import { recordsIn } from './event.ts'
import type { AvroField } from './table.ts'

// The generator reads the .avsc files itself: the lists in tables.ts and events.ts import the types that are made here.

const here = new URL('.', import.meta.url)
const banner = '// Made from the .avsc files by `npm run generate`; do not edit.\n'

/** The TypeScript text of the types of each domain in a folder: a file name and what belongs in it. */
export function generatedTypes(home: URL = here): Map<string, string> {
  const domains = readdirSync(home, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'types' && entry.name !== 'history')
    .map((entry) => entry.name)
    .filter((domain) => readdirSync(new URL(`${domain}/`, home)).some((file) => file.endsWith('.avsc')))
  return new Map(domains.map((domain) => [`types/${domain}.ts`, typesOf(new URL(`${domain}/`, home))]))
}

function typesOf(folder: URL): string {
  const interfaces = readdirSync(folder)
    .filter((file) => file.endsWith('.avsc'))
    .sort()
    .flatMap((file) => {
      const schema = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as RecordSchema
      // Only a table's columns have numbers that we did not make ourselves.
      const isTable = (schema as { courant?: { source?: string } }).courant?.source !== undefined
      return recordsIn(schema).map((record) => interfaceOf(record, isTable))
    })
  return `${banner}\n${interfaces.join('\n')}`
}

function interfaceOf(record: Pick<RecordSchema, 'name' | 'doc' | 'fields'>, isTable: boolean): string {
  const typeOf = ({ type }: AvroField) => tsType(isTable ? withLargeLongs(type) : type)
  const fields = record.fields.map((field) => `${docOf(field)}  readonly ${field.name}: ${typeOf(field)}\n`)
  // A record within a table's field has its name alone.
  const doc = record.doc ? `/** ${record.doc} */\n` : ''
  return `${doc}export interface ${record.name} {\n${fields.join('')}}\n`
}

/** A whole number beyond 53 bits is a bigint. */
function withLargeLongs(type: unknown): unknown {
  if (type === 'long') return largeLong
  if (Array.isArray(type)) return type.map(withLargeLongs)
  const items = typeof type === 'object' && type !== null && 'items' in type ? type.items : undefined
  return items === undefined ? type : { ...(type as object), items: withLargeLongs(items) }
}

const largeLong = 'large-long'

function docOf(field: AvroField): string {
  const branches: readonly unknown[] = Array.isArray(field.type) ? field.type : [field.type]
  const unit = branches.map((branch) => (branch as { logicalType?: string }).logicalType).find(Boolean)
  const parts = [field.doc, unit && units[unit], field.pii && `Personal data: ${field.pii}.`].filter(Boolean)
  return parts.length > 0 ? `  /** ${parts.join(' ')} */\n` : ''
}

const units: Record<string, string> = {
  'timestamp-micros': 'Microseconds since the epoch, UTC.',
  'local-timestamp-micros': 'Microseconds since 1970 as the clock of some place shows them.',
  'time-micros': 'Microseconds since midnight.',
  json: 'JSON, as the source has it.',
  interval: 'Months, days and microseconds, such as `14 months -3 days 1 microseconds`.',
  decimal: 'Exact decimal as text.',
  date: 'Days since the epoch.'
}

function tsType(type: unknown): string {
  if (Array.isArray(type))
    return type
      .map((branch) => tsType(branch))
      .toReversed()
      .join(' | ')
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
  [largeLong]: 'number | bigint',
  float: 'number',
  double: 'number',
  bytes: 'Buffer'
}
