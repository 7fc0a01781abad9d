/** A CQL type's name and the types within it; frozen or not is the same to who reads. */
export interface CqlType {
  readonly name: string
  readonly inner: readonly string[]
}

/** Takes `frozen<map<text, list<int>>>` apart. */
export function cqlType(type: string): CqlType {
  const open = type.indexOf('<')
  if (open < 0) return { name: type, inner: [] }
  const name = type.slice(0, open)
  const inner = split(type.slice(open + 1, type.lastIndexOf('>')))
  if (name === 'frozen') return cqlType(inner[0] ?? '')
  // A vector has its length as its second part.
  return { name, inner: name === 'vector' ? inner.slice(0, 1) : inner }
}

/** Whether each of its values has a write time of its own, so that the column has none. */
export const isMultiCell = (type: string): boolean => /^(list|set|map)</.test(type)

function split(list: string): string[] {
  const parts: string[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at <= list.length; at++) {
    const sign = list.charAt(at)
    if (sign === '<') depth++
    else if (sign === '>') depth--
    else if ((sign === ',' && depth === 0) || at === list.length) {
      parts.push(list.slice(from, at).trim())
      from = at + 1
    }
  }
  return parts
}
