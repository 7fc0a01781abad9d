import avro, { type ForSchemaOptions, type Schema, type Type } from 'avsc'
import { exactLong, takeBigints } from './avro-long.ts'
import { decimalBytes, decimalTextOf } from './decimal.ts'
import type { RecordSchema } from './envelope.ts'
import { isExactJson } from './exact-json.ts'
import { intervalParts } from './interval.ts'

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

/** Text of one sort, checked when written and when read; what was written as any text is no such one. */
abstract class TextType extends LogicalType {
  protected abstract isRight(text: string): boolean

  protected override _fromValue(text: string): string {
    if (!this.isRight(text)) throw new RangeError(`a text is no ${this.constructor.name.replace('Type', '')}`)
    return text
  }

  protected override _toValue(value: unknown): string | undefined {
    return typeof value === 'string' && this.isRight(value) ? value : undefined
  }

  protected override _resolve(writer: Type): ((value: unknown) => unknown) | undefined {
    return writer.constructor === this.constructor ? (value) => value : undefined
  }
}

/** In lower case. */
class UuidType extends TextType {
  protected override isRight(text: string): boolean {
    return uuidText.test(text)
  }
}

/** As the source has it, to the last digit. */
class JsonType extends TextType {
  protected override isRight(text: string): boolean {
    return isExactJson(text)
  }
}

/** `14 months -3 days 1 microseconds`. */
class IntervalType extends TextType {
  protected override isRight(text: string): boolean {
    return intervalParts(text) !== null
  }
}

/** Avro's zigzag of a lower number needs more than the 53 bits that avsc computes with: it would become another number. */
const lowestExact = -(2 ** 52)

const dayMicros = 86_400_000_000

/** Microseconds as a number; another unit is another type, which avsc alone would read as if it were the same. */
class MicrosType extends LogicalType {
  protected isRight(micros: number): boolean {
    return micros >= lowestExact
  }

  protected override _fromValue(micros: number): number {
    return micros
  }

  protected override _toValue(value: unknown): number | undefined {
    return typeof value === 'number' && this.isRight(value) ? value : undefined
  }

  protected override _resolve(writer: Type): ((value: unknown) => unknown) | undefined {
    return writer.constructor === this.constructor ? (value) => value : undefined
  }
}

/** What a clock and a calendar show in some place: no instant. */
class LocalMicrosType extends MicrosType {}

/** Since midnight, with the midnight that ends a day. */
class TimeMicrosType extends MicrosType {
  protected override isRight(micros: number): boolean {
    return Number.isInteger(micros) && micros >= 0 && micros <= dayMicros
  }

  protected override _fromValue(micros: number): number {
    if (!this.isRight(micros)) throw new RangeError('a time is out of the day')
    return micros
  }
}

/** How schemas become types everywhere. */
export const avroOptions: Partial<ForSchemaOptions> = {
  logicalTypes: {
    decimal: DecimalType,
    uuid: UuidType,
    json: JsonType,
    interval: IntervalType,
    'timestamp-micros': MicrosType,
    'local-timestamp-micros': LocalMicrosType,
    'time-micros': TimeMicrosType
  },
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
