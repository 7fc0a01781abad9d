import avro, { type Type } from 'avsc'
import { CourantError } from '../../runtime/errors.ts'
import { subjectOf } from '../../schemas/subjects.ts'
import type { Registry } from './registry.ts'
import { wireCheck } from './wire-check.ts'

/** Confluent's wire format: a zero byte, the writer's schema id in four bytes, then Avro's binary form. */
const headerBytes = 5

// One scratch for the process: encoding is synchronous, and a value is copied out before the next begins.
let scratch = Buffer.allocUnsafe(64 * 1024)

/** Turns values of a type into bytes that name the schema with this id. */
export function encoder(type: Type, schemaId: number): (value: unknown) => Buffer {
  return (value) => {
    const end = encodeInto(type, value)
    scratch[0] = 0
    scratch.writeUInt32BE(schemaId, 1)
    return Buffer.from(scratch.subarray(0, end))
  }
}

function encodeInto(type: Type, value: unknown): number {
  try {
    const end = type.encode(value, scratch, headerBytes)
    if (end >= 0) return end
    // A negative end is the number of bytes that were missing.
    scratch = Buffer.allocUnsafe(2 ** Math.ceil(Math.log2(scratch.length - end)))
    return encodeInto(type, value)
  } catch (error) {
    throw invalidValue(type, value, error)
  }
}

/** RECORD_INVALID that names the field and what it should be, never the value. */
function invalidValue(type: Type, value: unknown, cause?: unknown): CourantError {
  const { path, wanted } = problemOf(type, value) ?? { path: '', wanted: wantedText(type) }
  return new CourantError('RECORD_INVALID', `${path || 'the value'} is not ${wanted}`, {
    // The cause repeats the value: only its name is safe to keep.
    details: { field: path, ...(cause instanceof Error && { cause: cause.name }) }
  })
}

/** A field that does not fit, and what it should be. */
export interface Problem {
  /** Dotted; empty when the value as a whole does not fit. */
  readonly path: string
  readonly wanted: string
}

/** The first field that does not fit, fields the schema does not have included; null when the value fits. */
export function problemOf(type: Type, value: unknown): Problem | null {
  const found: Problem[] = []
  type.isValid(value, {
    noUndeclaredFields: true,
    errorHook: (path, part, expected) => void found.push(problemAt(path, part, expected))
  })
  return found[0] ?? null
}

function problemAt(path: readonly string[], value: unknown, expected: Type): Problem {
  const undeclared = undeclaredField(value, expected)
  return undeclared === undefined
    ? { path: path.join('.'), wanted: wantedText(expected) }
    : { path: [...path, undeclared].join('.'), wanted: `a field of ${expected.name}` }
}

function undeclaredField(value: unknown, expected: Type): string | undefined {
  if (!(expected instanceof avro.types.RecordType) || typeof value !== 'object' || value === null)
    return undefined
  return Object.keys(value).find((name) => !expected.field(name))
}

function wantedText(type: Type): string {
  if (type instanceof avro.types.UnwrappedUnionType) return type.types.map(typeText).join(' or ')
  return `of type ${typeText(type)}`
}

const typeText = (type: Type) => type.name ?? type.typeName.replace('logical:', '')

type Decode = (bytes: Buffer) => unknown

/**
 * Turns bytes into values as the reader's type has them, whatever version of the schema they were written with; without
 * one, as the writer's has them. Synchronous once a writer's schema is known, a promise the first time it is met.
 */
export function decoder<T>(
  reader: Type | null,
  { registry, topic }: { readonly registry: Pick<Registry, 'typeOf'>; readonly topic: string }
): (bytes: Buffer) => T | Promise<T> {
  const byId = new Map<number, Decode>()
  return (bytes) => {
    const id = schemaIdOf(bytes)
    const decode = byId.get(id)
    if (decode) return decode(bytes) as T
    return registry.typeOf(id, subjectOf(topic)).then((writer) => {
      const made = decodeBy(reader ?? writer, writer)
      byId.set(id, made)
      return made(bytes) as T
    })
  }
}

function schemaIdOf(bytes: Buffer): number {
  if (bytes.length < headerBytes || bytes[0] !== 0)
    throw new CourantError(
      'RECORD_INVALID',
      'The value does not begin with a schema id: it is not Avro as Confluent writes it'
    )
  return bytes.readUInt32BE(1)
}

function decodeBy(reader: Type, writer: Type): Decode {
  const resolver = sameShape(reader, writer) ? undefined : resolverOf(reader, writer)
  const endOf = wireCheck(writer)
  return (bytes) => {
    try {
      if (endOf(bytes, headerBytes) !== bytes.length) throw notOf(writer)
      const { value, offset } = reader.decode(bytes, headerBytes, resolver)
      if (offset === bytes.length) return value
    } catch {
      // The same answer as for bytes that end too soon or too late; the cause would repeat the value.
    }
    throw notOf(writer)
  }
}

const notOf = (writer: Type) =>
  new CourantError('RECORD_INVALID', `The value is not what its schema ${writer.name} says`)

// avsc's own equality ignores logical types and defaults; either makes a difference to the reader.
const sameShape = (reader: Type, writer: Type) =>
  JSON.stringify(reader.schema({ exportAttrs: true })) ===
  JSON.stringify(writer.schema({ exportAttrs: true }))

function resolverOf(reader: Type, writer: Type): ReturnType<Type['createResolver']> {
  try {
    return reader.createResolver(writer)
  } catch (cause) {
    throw new CourantError(
      'RECORD_INVALID',
      `A value was written as ${writer.name}, which ${reader.name} cannot read: correct the schema and replay it`,
      { cause }
    )
  }
}
