import * as fc from 'fast-check'
import type { RecordSchema } from '../../schemas/envelope.ts'

/** Any value that a schema allows, as programs hold it. */
export function valuesOf(schema: RecordSchema): fc.Arbitrary<Record<string, unknown>> {
  return arbitraryOf(schema) as fc.Arbitrary<Record<string, unknown>>
}

function arbitraryOf(type: unknown): fc.Arbitrary<unknown> {
  if (Array.isArray(type)) return fc.oneof(...type.map(arbitraryOf))
  if (typeof type === 'string') return primitive(type)
  const {
    type: base,
    logicalType,
    precision = 0,
    scale = 0,
    ...rest
  } = type as {
    type: string
    logicalType?: string
    precision?: number
    scale?: number
    fields?: { name: string; type: unknown }[]
    symbols?: string[]
    items?: unknown
  }
  if (logicalType === 'decimal') return decimals(precision, scale)
  if (logicalType === 'uuid') return fc.uuid()
  if (base === 'enum') return fc.constantFrom(...(rest.symbols ?? []))
  if (base === 'array') return fc.array(arbitraryOf(rest.items), { maxLength: 3 })
  if (base === 'record')
    return fc.record(
      Object.fromEntries((rest.fields ?? []).map((field) => [field.name, arbitraryOf(field.type)]))
    )
  return primitive(base)
}

/** Canonical decimals: exactly `scale` digits after the point, no sign on zero. */
export const decimals = (precision: number, scale: number): fc.Arbitrary<string> =>
  fc.bigInt({ min: -(10n ** BigInt(precision)) + 1n, max: 10n ** BigInt(precision) - 1n }).map((unscaled) => {
    const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0')
    const sign = unscaled < 0n ? '-' : ''
    return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
  })

function primitive(type: string): fc.Arbitrary<unknown> {
  const known: Record<string, fc.Arbitrary<unknown>> = {
    null: fc.constant(null),
    string: fc.string({ unit: 'grapheme' }),
    boolean: fc.boolean(),
    int: fc.integer(),
    long: fc.integer({ min: -(2 ** 52), max: Number.MAX_SAFE_INTEGER - 1 }),
    double: fc.double({ noNaN: true })
  }
  const arbitrary = known[type]
  if (!arbitrary) throw new Error(`no generator for Avro's ${type}`)
  return arbitrary
}
