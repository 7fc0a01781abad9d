import avro, { type ForSchemaOptions, type Schema, type Type } from 'avsc'
import type { RecordSchema } from './envelope.ts'
import { exactLong, takeBigints } from './avro-long.ts'
import { decimalBytes, decimalTextOf } from './decimal.ts'

const { LogicalType } = avro.types

const uuidText = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Of 38 digits 16 are needed; some programs put more before them that say nothing. */
const mostDecimalBytes = 64

/** Significant digits of a decimal's text. */
const digitsOf = (text: string) => text.replace(/^-?[0.]*|\./g, '').length

/** Exact text such as `12.3400` in the program, bytes on the wire. */
class DecimalType extends LogicalType {
  readonly precision: number
  readonly scale: number

  constructor(schema: Schema, options?: unknown) {
    super(schema, options)
    const { precision, scale } = schema as { precision?: number; scale?: number }
    this.precision = precision ?? 0
    this.scale = scale ?? 0
  }

  // What another program wrote may have more digits than the schema allows, and whoever counts on these would fail.
  protected override _fromValue(bytes: Buffer): string {
    if (bytes.length > mostDecimalBytes) throw new RangeError('a decimal is longer than any precision')
    const text = decimalTextOf(bytes, this.scale)
    if (digitsOf(text) > this.precision) throw new RangeError('a decimal is out of its precision')
    return text
  }

  // Undefined says "not a value of this type" to avsc; throwing would cost a stack for each null in a union.
  protected override _toValue(value: unknown): Buffer | undefined {
    return typeof value === 'string' ? decimalBytes(value, this.precision, this.scale) : undefined
  }

  protected override _resolve(writer: Type): ((value: unknown) => unknown) | undefined {
    return writer instanceof DecimalType && writer.scale === this.scale && writer.precision <= this.precision
      ? (value) => value
      : undefined
  }

  protected override _export(schema: Schema): void {
    Object.assign(schema, { precision: this.precision, scale: this.scale })
  }
}

/** Lower-case text, checked when written and when read. */
class UuidType extends LogicalType {
  protected override _fromValue(text: string): string {
    if (!uuidText.test(text)) throw new RangeError('a text is no uuid')
    return text
  }

  protected override _toValue(value: unknown): string | undefined {
    return typeof value === 'string' && uuidText.test(value) ? value : undefined
  }

  protected override _resolve(writer: Type): ((value: unknown) => unknown) | undefined {
    return writer instanceof UuidType ? (value) => value : undefined
  }
}

/** Avro's zigzag of a lower number needs more than the 53 bits that avsc computes with: it would become another number. */
const lowestExact = -(2 ** 52)

/** Microseconds as a number; another unit is another type, which avsc alone would read as if it were the same. */
class MicrosType extends LogicalType {
  protected override _fromValue(micros: number): number {
    return micros
  }

  protected override _toValue(value: unknown): number | undefined {
    return typeof value === 'number' && value >= lowestExact ? value : undefined
  }

  protected override _resolve(writer: Type): ((value: unknown) => unknown) | undefined {
    return writer instanceof MicrosType ? (value) => value : undefined
  }
}

/** How schemas become types everywhere. */
export const avroOptions: Partial<ForSchemaOptions> = {
  logicalTypes: { decimal: DecimalType, uuid: UuidType, 'timestamp-micros': MicrosType },
  omitRecordMethods: true,
  typeHook: (schema) => (schema === 'long' ? exactLong : undefined)
}

const types = new WeakMap<RecordSchema, Type>()

/** The avsc type of a schema, made once; its records are plain objects. */
export function avroType(schema: RecordSchema): Type {
  const known = types.get(schema)
  if (known) return known
  // A copy: avsc writes the names it has met into the options it is given.
  const type = withPlainRecords(avro.Type.forSchema(schema as unknown as Schema, { ...avroOptions }))
  types.set(schema, type)
  return type
}

/**
 * avsc builds records by constructors of its own; without their prototype they equal and print like plain objects. Its
 * unions take a bigint for a long besides.
 */
export function withPlainRecords(type: Type, seen = new Set<Type>()): Type {
  if (seen.has(type)) return type
  seen.add(type)
  if (type instanceof avro.types.RecordType) {
    type.recordConstructor.prototype = Object.prototype
    for (const field of type.fields) withPlainRecords(field.type, seen)
  }
  if (type instanceof avro.types.UnwrappedUnionType) takeBigints(type)
  for (const inner of innerTypes(type)) withPlainRecords(inner, seen)
  return type
}

function innerTypes(type: Type): readonly Type[] {
  if (type instanceof avro.types.UnwrappedUnionType || type instanceof avro.types.WrappedUnionType)
    return type.types
  if (type instanceof avro.types.ArrayType) return [type.itemsType]
  if (type instanceof avro.types.MapType) return [type.valuesType as Type]
  return []
}
