import avro from 'avsc'
import { CourantError } from '../runtime/errors.ts'
import { cleanProblems } from './clean-attribute.ts'
import { allowedTypes, insteadOf, isKeyKind, kindOf, plainKinds } from './column-kinds.ts'
import { secretColumns } from './secret-columns.ts'
import type { AvroField, AvroRecord, Table } from './table.ts'
import { historyViewName, viewName } from './view-names.ts'

/** The systems that tables are read from; each has its producers in producers/. */
export const sources = ['postgres', 'cassandra'] as const

/** Throws SCHEMA_INVALID with everything that is wrong with a table's file. */
export function checkTable(file: string, avro: AvroRecord): void {
  const problems = [...recordProblems(avro), ...(hasFields(avro) ? fieldsProblems(avro) : [])]
  if (problems.length > 0)
    throw new CourantError('SCHEMA_INVALID', `Correct ${file}:\n  ${problems.join('\n  ')}`)
}

function recordProblems({ name, namespace, doc, courant, fields }: Partial<AvroRecord>): string[] {
  const texts = { name, namespace, doc, 'courant.table': courant?.table }
  return [
    ...Object.entries(texts).flatMap(([path, text]) => (text ? [] : [`"${path}" is missing`])),
    ...Object.entries({ name, namespace }).flatMap(([path, text]) =>
      !text || isAvroName(text) ? [] : [`"${path}" is "${text}": Avro names have letters, digits and _ only`]
    ),
    ...(hasFields({ fields }) ? [] : ['"fields" must list objects with a "name" and a "type"']),
    ...courantProblems(courant ?? {})
  ]
}

const hasFields = ({ fields }: { readonly fields?: readonly Partial<AvroField>[] | undefined }): boolean =>
  Array.isArray(fields) && fields.every(({ name }: Partial<AvroField>) => typeof name === 'string')

const knownOfTable = ['source', 'table', 'key', 'cursor', 'partitions']

function courantProblems(courant: Partial<AvroRecord['courant']>): string[] {
  const { source, key, cursor } = courant
  const hasSource = sources.some((name) => name === source)
  const unknown = Object.keys(courant).filter((attribute) => !knownOfTable.includes(attribute))
  return [
    ...(hasSource ? [] : [`"courant.source" is "${source ?? ''}", which is none of ${sources.join(', ')}`]),
    ...(Array.isArray(key) && key.length > 0 ? [] : ['"courant.key" must list the primary key columns']),
    ...(cursor === undefined ? ['"courant.cursor" must name a time column, or be null'] : []),
    ...unknown.map(
      (attribute) => `"courant.${attribute}" is not known: a table has ${knownOfTable.join(', ')}`
    )
  ]
}

function fieldsProblems({ courant, fields }: AvroRecord): string[] {
  const names = fields.map(({ name }) => name)
  const repeated = names.filter((name, i) => names.findIndex((other) => isSameName(name, other)) < i)
  const key: readonly string[] = Array.isArray(courant?.key) ? courant.key : []
  const keys = key.flatMap((name, i) => {
    const field = fields.find((one) => one.name === name)
    if (!field) return [`key column ${name} must be a field, too`]
    if (key.indexOf(name) < i) return [`key column ${name} is there twice`]
    if (Array.isArray(field.type)) return [`key column ${name} cannot be nullable`]
    const kind = kindOf(field.type)?.kind
    return kind && !isKeyKind(kind) ? [`key column ${name} cannot be of the kind ${kind}: take "string"`] : []
  })
  const cursor = courant?.cursor ?? null
  const cursorField = fields.find((field) => field.name === cursor)
  const cursorKind = kindOf([cursorField?.type].flat().at(-1))?.kind
  return [
    ...repeated.map((name) => `field ${name} is there twice; case does not tell columns apart in the lake`),
    ...keys,
    ...(cursor === null || names.includes(cursor) ? [] : [`cursor ${cursor} must be a field, too`]),
    ...(cursorKind === 'local-timestamp'
      ? [
          `cursor ${cursor} must be an instant: take timestamp-micros, and COURANT_POSTGRES_TIME_ZONE for its zone`
        ]
      : []),
    ...fields.flatMap((field) =>
      versionProblems(field, { fields, isKept: key.includes(field.name) || cursor === field.name })
    ),
    ...fields.flatMap((field) => fieldProblems(field, key.includes(field.name)))
  ]
}

/** A field that is another version of one is made of that one's text. */
function versionProblems(
  { name, clean }: AvroField,
  { fields, isKept }: { readonly fields: readonly AvroField[]; readonly isKept: boolean }
): string[] {
  if (clean?.of === undefined) return []
  const other = fields.find((field) => field.name === clean.of)
  return [
    ...(other && other.clean?.of === undefined
      ? []
      : [`field ${name}: "of" must name a field that the source has, and ${clean.of} is none`]),
    ...(isKept ? [`field ${name}: a key or cursor column cannot be another version of a column`] : [])
  ]
}

const isSameName = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

const knownAttributes = ['name', 'type', 'doc', 'pii', 'default', 'aliases', 'clean', 'secret']
/** What Bronze and Silver add to each row. */
const technicalNames = ['_op', '_version', '_changed_at', '_partition', '_offset', '_withdrawn']

function fieldProblems(field: AvroField, isKey: boolean): string[] {
  const { name, type } = field
  const unknown = Object.keys(field).filter((attribute) => !knownAttributes.includes(attribute))
  return [
    ...nameProblems(name),
    ...typeProblems(type, 'default' in field && field.default === null),
    ...defaultProblems(field),
    ...attributeProblems(field, isKey),
    ...unknown.map((attribute) =>
      attribute === 'logicalType'
        ? 'its logicalType belongs into the type: {"type": …, "logicalType": …}'
        : `"${attribute}" is not known: a field has ${knownAttributes.join(', ')}`
    )
  ].map((problem) => `field ${name}: ${problem}`)
}

function attributeProblems({ name, type, clean, secret }: AvroField, isKey: boolean): string[] {
  const isNullable = Array.isArray(type)
  const kind = kindOf(isNullable ? type[1] : type)?.kind
  return [
    ...(clean && kind ? cleanProblems(clean, { kind, isNullable, isKey }) : []),
    // What is a secret is left out of the file.
    ...(secret ? ['"secret" can only be false'] : []),
    ...(secretColumns([{ name, isNoSecret: secret === false }]).length > 0
      ? ['it looks like a secret: take it out of the file, or say "secret": false if it is none']
      : [])
  ]
}

/** Of a field or record; dots are between the names of a namespace. */
const isAvroName = (text: string) => text.split('.').every((name) => /^[A-Za-z_]\w*$/.test(name))

/** Why a column's name cannot be a field's. */
export function nameProblems(name: string): string[] {
  if (name.includes('.') || !isAvroName(name))
    return [
      'Avro names have letters, digits and _ only: leave the column out, or have the source show it by another name'
    ]
  return technicalNames.includes(name.toLowerCase()) ? ['a column of the lake has this name'] : []
}

function typeProblems(type: unknown, isNullByDefault: boolean): string[] {
  if (!Array.isArray(type)) return notAllowed(type)
  if (type.length !== 2 || type[0] !== 'null') return [`its type must be ["null", type] or no union`]
  return [...(isNullByDefault ? [] : ['a nullable field needs "default": null']), ...notAllowed(type[1])]
}

function defaultProblems({ type, default: value }: AvroField): string[] {
  if (value === undefined || Array.isArray(type)) return []
  const plain = plainKinds.find((kind) => kind === kindOf(type)?.kind)
  return plain && avro.Type.forSchema(plain).isValid(value)
    ? []
    : [`it cannot have the default ${JSON.stringify(value)}: leave "default" out, or make the field nullable`]
}

function notAllowed(type: unknown): string[] {
  if (kindOf(type) !== null) return []
  const hint = insteadOf(type)
  return [
    `the type ${JSON.stringify(type)} is none a table can have${hint ? `, ${hint}` : ''}. Allowed: ${allowedTypes}`
  ]
}

/**
 * The same tables, once it is known that no two have one name: pipelines, state files, folders of the lake and views go
 * by it, whatever the domain; `<name>_history` is a table's second view. Throws SCHEMA_INVALID.
 */
export function distinct(tables: readonly Table[]): readonly Table[] {
  const taken = new Map<string, Table>()
  const same: string[] = []
  for (const table of tables) {
    const names = viewNames(table)
    const other = names.map((name) => taken.get(name)).find((found) => found !== undefined)
    if (other) same.push(`${fileOf(other)} and ${fileOf(table)}`)
    for (const name of names) taken.set(name, table)
  }
  if (same.length === 0) return tables
  throw new CourantError(
    'SCHEMA_INVALID',
    `${same.join('; ')} have one name, by which pipelines, state, folders and views go (every change of orders is in the view orders_history): name one of the files otherwise, such as shop-users.avsc, and its line in schemas/tables.ts`
  )
}

const fileOf = ({ domain, name }: Table): string => `schemas/${domain}/${name}.avsc`

/** As databases compare them: without regard to case. */
const viewNames = (table: Table): readonly string[] =>
  [viewName(table), historyViewName(table)].map((name) => name.toLowerCase())
