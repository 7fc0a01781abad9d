/** What JSON says, or why it does not say one thing. */
export type ReadJson =
  | { readonly value: unknown; readonly problem?: never }
  | { readonly problem: string; readonly value?: never }

/**
 * Reads JSON from bytes and changes nothing in silence: bytes that are no UTF-8, half surrogate pairs, a key that stands
 * twice in an object, and numbers beyond a double are refused, where `JSON.parse` would put something in their place.
 * What was sent is never repeated, as it may be personal.
 */
export function readJson(bytes: Buffer): ReadJson {
  const text = decoded(bytes)
  if (text === null) return { problem: 'not UTF-8: send the text in this encoding' }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'not valid JSON' }
  }
  const { members, problem } = lookedThrough(value)
  if (problem !== null) return { problem }
  if (members !== membersIn(text))
    return { problem: 'ambiguous: a key stands twice in one object; send each key once' }
  return { value }
}

/** The text without a byte order mark; null when the bytes are no UTF-8. */
function decoded(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** Members of all objects together, and what is wrong with a text or a number; without recursion, however deep it is. */
function lookedThrough(root: unknown): { readonly members: number; readonly problem: string | null } {
  const open = [root]
  let members = 0
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const problem = problemIn(part)
    if (problem !== null) return { members, problem }
    if (typeof part !== 'object' || part === null) continue
    if (Array.isArray(part)) {
      for (const item of part) open.push(item)
      continue
    }
    for (const [key, item] of Object.entries(part)) {
      members++
      open.push(key, item)
    }
  }
  return { members, problem: null }
}

function problemIn(part: unknown): string | null {
  if (typeof part === 'string' && !part.isWellFormed())
    return 'not Unicode: a text has half of a surrogate pair, such as \\ud800 alone'
  if (typeof part === 'number' && !Number.isFinite(part)) return 'beyond the largest number that there is'
  if (typeof part !== 'object' || part === null || !(Object.hasOwn(part, '__proto__') || hasPoison(part)))
    return null
  return 'poisoned: it has a key __proto__ or constructor.prototype'
}

function hasPoison(part: object): boolean {
  const made: unknown = Object.hasOwn(part, 'constructor') ? part.constructor : null
  return typeof made === 'object' && made !== null && Object.hasOwn(made, 'prototype')
}

const [quote, colon, backslash] = [0x22, 0x3a, 0x5c]

/** How many members valid JSON spells out: one for each colon that is in no text. */
function membersIn(json: string): number {
  let members = 0
  let isText = false
  for (let at = 0; at < json.length; at++) {
    const sign = json.charCodeAt(at)
    if (sign === backslash) at++
    else if (sign === quote) isText = !isText
    else if (sign === colon && !isText) members++
  }
  return members
}
