import type { RecordSchema } from '../schemas/envelope.ts'
import type { AvroField } from '../schemas/table.ts'

/** What stands for a personal value: that there is one, and of what sort. */
export const maskOf = (pii: string) => `‹${pii}›`

/** A copy of a decoded value in which every field marked `pii` is masked; nulls stay, as they say nothing of anyone. */
export function masked(value: unknown, schema: RecordSchema): unknown {
  return maskedBy(value, schema)
}

function maskedBy(value: unknown, type: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => maskedBy(item, itemsOf(type)))
  const record = recordIn(type)
  if (!record || typeof value !== 'object' || value === null) return value
  const fields = new Map(record.fields.map((field) => [field.name, field]))
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, maskedField(part, fields.get(name))])
  )
}

function maskedField(value: unknown, field: AvroField | undefined): unknown {
  if (!field || value === null) return value
  return field.pii === undefined ? maskedBy(value, field.type) : maskOf(field.pii)
}

/** The record that a type is or that one of its branches is. */
const recordIn = (type: unknown) => branchIn(type, 'record') as RecordSchema | undefined

/** The type of an array's items. */
const itemsOf = (type: unknown) => branchIn(type, 'array')?.items

function branchIn(type: unknown, wanted: 'record' | 'array'): { readonly items?: unknown } | undefined {
  const branches: readonly unknown[] = Array.isArray(type) ? type : [type]
  return branches.find(
    (branch): branch is object =>
      typeof branch === 'object' && branch !== null && (branch as { type?: unknown }).type === wanted
  )
}

/** Whether anything that a schema describes is marked `pii`. */
export function hasPersonalData(type: unknown): boolean {
  if (Array.isArray(type)) return type.some(hasPersonalData)
  if (typeof type !== 'object' || type === null) return false
  return 'pii' in type || Object.values(type).some(hasPersonalData)
}
