import { isUtf8 } from 'node:buffer'
import avro, { type Type } from 'avsc'

/**
 * Goes over a record's bytes as its writer's type has them, before avsc makes a value of them: avsc believes every count
 * and every length, reads behind the end and makes items of what is not there, so that a record of 60 bytes takes all
 * memory. Here nothing is made, and what passes takes time and memory by its bytes.
 */
export type WireCheck = (bytes: Buffer, from: number) => number | null

/** Items of all arrays and maps of a record together: far above what anybody sends, far below what hurts. */
export const mostItems = 500_000

/** Of these, items that take no bytes, such as `null`: their number is bounded by nothing else. */
export const mostEmptyItems = 10_000

/** How deep a schema that contains itself may nest. */
const mostDepth = 500

/** Where the check stands in the bytes, and what it may still spend. */
class Walk {
  readonly bytes: Buffer
  at: number
  items = mostItems
  emptyItems = mostEmptyItems
  depth = 0

  constructor(bytes: Buffer, at: number) {
    this.bytes = bytes
    this.at = at
  }

  get left(): number {
    return this.bytes.length - this.at
  }

  skip(length: number): boolean {
    if (!(length >= 0 && length <= this.left)) return false
    this.at += length
    return true
  }

  /** The next zigzag number; NaN where there is none, or one of more than ten bytes. */
  long(): number {
    let value = 0
    for (let scale = 1, length = 0; length < 10; scale *= 128, length++) {
      const byte = this.bytes[this.at++]
      if (byte === undefined) return Number.NaN
      value += (byte & 127) * scale
      if (byte < 128) return value % 2 === 0 ? value / 2 : -(value + 1) / 2
    }
    return Number.NaN
  }

  text(): boolean {
    const start = this.at
    const length = this.long()
    const from = this.at
    if (this.at === start || !this.skip(length)) return false
    return isText(this.bytes, from, this.at)
  }
}

/** Short texts are nearly always ASCII, which is found faster than a call is made. */
const shortText = 64

function isText(bytes: Buffer, from: number, to: number): boolean {
  if (to - from <= shortText) {
    let at = from
    while (at < to && bytes[at]! < 128) at++
    if (at === to) return true
  }
  return isUtf8(bytes.subarray(from, to))
}

/** False where the bytes are not what the type says. */
type Step = (walk: Walk) => boolean

/** The check for records that a type has written: gives where the value ends, or null when the bytes are none. */
export function wireCheck(type: Type): WireCheck {
  const step = new Steps().of(type)
  return (bytes, from) => {
    const walk = new Walk(bytes, from)
    return step(walk) && walk.at <= bytes.length ? walk.at : null
  }
}

const twoTo31 = 2 ** 31

const primitives: Readonly<Record<string, Step>> = {
  null: () => true,
  boolean: (walk) => (walk.bytes[walk.at++] ?? 2) < 2,
  int: (walk) => {
    const value = walk.long()
    return value >= -twoTo31 && value < twoTo31
  },
  long: (walk) => !Number.isNaN(walk.long()),
  float: (walk) => walk.skip(4),
  double: (walk) => walk.skip(8),
  bytes: (walk) => walk.skip(walk.long()),
  string: (walk) => walk.text()
}

/** Makes the steps of types, each once, also where a type contains itself. */
class Steps {
  readonly #made = new Map<Type, { run: Step }>()
  readonly #least = new Map<Type, number>()

  of(type: Type): Step {
    const known = this.#made.get(type)
    if (known) return (walk) => known.run(walk)
    const holder = { run: (_walk: Walk) => false }
    this.#made.set(type, holder)
    holder.run = this.#make(type)
    return holder.run
  }

  #make(type: Type): Step {
    const primitive = primitives[type.typeName]
    if (primitive) return primitive
    const { types } = avro
    if (type instanceof types.LogicalType) return this.of(type.underlyingType)
    if (type instanceof types.RecordType) return this.#record(type.fields.map((field) => this.of(field.type)))
    if (type instanceof types.UnwrappedUnionType || type instanceof types.WrappedUnionType)
      return union(type.types.map((branch) => this.of(branch)))
    if (type instanceof types.EnumType) return within(type.symbols.length)
    if (type instanceof types.FixedType) return (walk) => walk.skip(type.size)
    if (type instanceof types.ArrayType) return blocks(this.of(type.itemsType), this.#leastOf(type.itemsType))
    if (type instanceof types.MapType) return blocks(this.#entry(type.valuesType as Type), 1)
    // What nobody has taught this check to bound is not decoded.
    return () => false
  }

  #record(fields: readonly Step[]): Step {
    return (walk) => {
      if (++walk.depth > mostDepth) return false
      for (const field of fields) if (!field(walk)) return false
      walk.depth--
      return true
    }
  }

  #entry(values: Type): Step {
    const value = this.of(values)
    return (walk) => walk.text() && value(walk)
  }

  /** The fewest bytes a value takes; 0 is what matters. A type that is asked about itself takes none by that way. */
  #leastOf(type: Type): number {
    const known = this.#least.get(type)
    if (known !== undefined) return known
    this.#least.set(type, 0)
    const least = this.#reckoned(type)
    this.#least.set(type, least)
    return least
  }

  #reckoned(type: Type): number {
    const { types } = avro
    if (type instanceof types.LogicalType) return this.#leastOf(type.underlyingType)
    if (type instanceof types.RecordType)
      return type.fields.reduce((sum, field) => sum + this.#leastOf(field.type), 0)
    if (type instanceof types.FixedType) return type.size
    return { null: 0, float: 4, double: 8 }[type.typeName] ?? 1
  }
}

function union(branches: readonly Step[]): Step {
  return (walk) => {
    const branch = branches[walk.long()]
    return branch?.(walk) ?? false
  }
}

function within(count: number): Step {
  return (walk) => {
    const index = walk.long()
    return index >= 0 && index < count
  }
}

/** Arrays and maps: blocks of items with their count before, the last of which is empty. */
function blocks(item: Step, leastBytes: number): Step {
  return (walk) => {
    for (;;) {
      const told = walk.long()
      if (told === 0) return true
      const count = Math.abs(told)
      // A negative count has the size of its block in bytes behind it.
      const end = told < 0 ? sizedEnd(walk) : null
      if (!mayHold(walk, count, leastBytes)) return false
      for (let n = 0; n < count; n++) if (!item(walk)) return false
      if (end !== null && walk.at !== end) return false
    }
  }
}

function sizedEnd(walk: Walk): number {
  const size = walk.long()
  return size >= 0 ? walk.at + size : Number.NaN
}

function mayHold(walk: Walk, count: number, leastBytes: number): boolean {
  // Also false of NaN.
  if (!(count * leastBytes <= walk.left)) return false
  walk.items -= count
  if (leastBytes === 0) walk.emptyItems -= count
  return walk.items >= 0 && walk.emptyItems >= 0
}
