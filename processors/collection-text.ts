/** What a source's text of a collection holds: texts of its elements, NULL as null, and collections within it. */
export type TextTree = string | null | readonly TextTree[]

/** Thrown of a text that is no collection. */
export class NoCollection extends Error {}

/**
 * The elements of an array as PostgreSQL prints it, `{a,"b,c",NULL}`, or of a collection as the reader of Cassandra does, in
 * JSON. Throws NoCollection of any other text.
 * https://www.postgresql.org/docs/17/arrays.html#ARRAYS-IO
 */
export function collectionTree(text: string): readonly TextTree[] {
  if (text.startsWith('[')) return jsonTree(text)
  const reading = new ArrayText(text)
  const tree = reading.array()
  reading.end()
  return tree
}

/** Whether the text says that the elements are counted from another number than one, `[0:1]={a,b}`. */
export const hasBounds = (text: string): boolean => /^(\[-?\d+:-?\d+\])+=/.test(text)

/** The ranges of a multirange, `{[1,3),[5,7)}`; null of what is none. */
export function rangesOf(text: string): readonly string[] | null {
  if (text === '{}') return []
  if (!/^\{[[(]/.test(text)) return null
  const found: string[] = []
  for (let at = 1; ; at++) {
    const from = at
    let isWithin = false
    for (; at < text.length && (isWithin || !/[\])]/.test(text.charAt(at))); at++) {
      if (text.charAt(at) === '\\') at++
      else if (text.charAt(at) === '"') isWithin = !isWithin
    }
    found.push(text.slice(from, ++at))
    if (text.charAt(at) !== ',') return at === text.length - 1 && text.endsWith('}') ? found : null
  }
}

/** Reads an array's text from left to right. */
class ArrayText {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  array(): TextTree[] {
    this.#take('{')
    const found: TextTree[] = []
    if (this.#next === '}') {
      this.#take('}')
      return found
    }
    for (;;) {
      found.push(this.#element())
      if (this.#next === '}') break
      this.#take(',')
    }
    this.#take('}')
    return found
  }

  end(): void {
    if (this.#at !== this.#text.length) throw new NoCollection()
  }

  get #next(): string {
    return this.#text.charAt(this.#at)
  }

  #take(sign: string): void {
    if (this.#next !== sign) throw new NoCollection()
    this.#at += 1
  }

  #element(): TextTree {
    if (this.#next === '{') return this.array()
    const { text, isQuoted, end } = elementAt(this.#text, this.#at, /[,{}]/)
    // An empty text is always quoted.
    if (text === '' && !isQuoted) throw new NoCollection()
    this.#at = end
    return !isQuoted && text === 'NULL' ? null : text
  }
}

/** One element, quoted or not, up to a sign that ends it; a quote within may be doubled or behind a backslash. */
function elementAt(
  text: string,
  from: number,
  ends: RegExp
): { readonly text: string; readonly isQuoted: boolean; readonly end: number } {
  let value = ''
  let at = from
  let isWithin = false
  let isQuoted = false
  for (; at < text.length; at++) {
    const sign = text.charAt(at)
    if (sign === '"') {
      if (isWithin && text.charAt(at + 1) === '"') value += text.charAt(++at)
      else isWithin = !isWithin
      isQuoted = true
    } else if (sign === '\\') value += text.charAt(++at)
    else if (!isWithin && ends.test(sign)) break
    else value += sign
  }
  if (isWithin) throw new NoCollection()
  return { text: value, isQuoted, end: at }
}

/** The bounds of a range's text and whether they belong to it; null bounds are open ones. */
export interface RangeText {
  readonly lower: string | null
  readonly upper: string | null
  readonly lower_inclusive: boolean
  readonly upper_inclusive: boolean
  readonly empty: boolean
}

const emptyRange: RangeText = {
  lower: null,
  upper: null,
  lower_inclusive: false,
  upper_inclusive: false,
  empty: true
}

/** A range as PostgreSQL prints it, `[1,5)`, `(,"2026-01-01 00:00:00+00"]` or `empty`; null of what is none. */
export function rangeOf(text: string): RangeText | null {
  if (text === 'empty') return emptyRange
  if (!/^[[(].*[\])]$/s.test(text)) return null
  const lower = elementAt(text, 1, /[,\])]/)
  if (text.charAt(lower.end) !== ',') return null
  const upper = elementAt(text, lower.end + 1, /[,\])]/)
  if (upper.end !== text.length - 1 || text.charAt(upper.end) === ',') return null
  const bound = ({ text: value, isQuoted }: typeof lower) => (value === '' && !isQuoted ? null : value)
  return {
    lower: bound(lower),
    upper: bound(upper),
    lower_inclusive: text.startsWith('['),
    upper_inclusive: text.endsWith(']'),
    empty: false
  }
}

function jsonTree(text: string): readonly TextTree[] {
  let tree: unknown
  try {
    tree = JSON.parse(text)
  } catch {
    throw new NoCollection()
  }
  if (!isTree(tree) || !Array.isArray(tree)) throw new NoCollection()
  return tree as readonly TextTree[]
}

const isTree = (value: unknown): value is TextTree =>
  value === null || typeof value === 'string' || (Array.isArray(value) && value.every(isTree))
