import type { Topic } from '../topics/topic.ts'
import { digestOf, plainTokens } from './tokens.ts'

/** A token as the settings have it: never itself, only its digest. */
export interface NamedToken {
  readonly name: string
  readonly digest: Buffer
  /** A topic, a system, or `*` for the events of every system. */
  readonly publishes: readonly string[]
  /** The first moment at which it is no longer let in. */
  readonly until: Date | null
  /** From a plain list of tokens, as it was before they had names. */
  readonly isPlain: boolean
}

/** What a list of tokens says, or what is wrong with it. */
export type TokenList =
  | { readonly tokens: readonly NamedToken[]; readonly problem?: never }
  | { readonly problem: string; readonly tokens?: never }

const hashed = /(?:^|\s)sha256:/

/**
 * Reads `<name> sha256:<digest> publish:<topic or system> … [until:<day>]`, an entry a line or separated by semicolons;
 * `#` begins a comment. A list of plain tokens, separated by commas, is read, too: they may publish the events of every
 * system.
 */
export function readTokens(text: string): TokenList {
  if (!hashed.test(text)) return { tokens: plainTokens(text).map(plainToken) }
  const entries = entriesIn(text)
  const tokens: NamedToken[] = []
  for (const [n, entry] of entries.entries()) {
    const read = readEntry(entry)
    if (typeof read === 'string')
      return { problem: `has an entry that cannot be read, number ${n + 1}: ${read}` }
    if (tokens.some(({ name }) => name === read.name)) return { problem: `names two tokens ${read.name}` }
    tokens.push(read)
  }
  return { tokens }
}

/** The entries of a setting that has one a line, or separates them by semicolons; `#` begins a comment. */
export const entriesIn = (text: string): readonly string[] =>
  text
    .split(/[\n;]/)
    .map((line) => line.replace(/#.*/, '').trim())
    .filter(Boolean)

const plainToken = (token: string, n: number): NamedToken => ({
  name: `token-${n + 1}`,
  digest: digestOf(token),
  publishes: ['*'],
  until: null,
  isPlain: true
})

/** Says what is wrong with a token's name; null when it is fine. */
export const nameProblem = (name: string): string | null =>
  /^[A-Za-z0-9][\w.-]{0,63}$/.test(name) ? null : 'a name has letters, digits, dots, dashes and underscores'

// What is wrong is said without the entry: somebody may have put a token itself where its digest belongs.
function readEntry(entry: string): NamedToken | string {
  const [name = '', ...words] = entry.split(/\s+/)
  const wrongName = nameProblem(name)
  if (wrongName) return `it begins with the token's name, and ${wrongName}`
  const of = (kind: string) =>
    words.filter((word) => word.startsWith(`${kind}:`)).map((word) => afterColon(word))
  const [digests, publishes, untils] = [of('sha256'), of('publish'), of('until')]
  if (digests.length + publishes.length + untils.length !== words.length)
    return 'after the name it may have sha256:, publish: and until: only'
  const [digest = ''] = digests
  if (digests.length !== 1 || !/^[0-9a-f]{64}$/i.test(digest))
    return 'it needs one sha256: with 64 hexadecimal digits; `courant edge token` makes both'
  if (publishes.length === 0 || publishes.includes(''))
    return 'it needs publish: with a topic, a system, or * for the events of every system'
  const until = untilOf(untils)
  if (until === undefined) return 'until: needs one day, such as until:2027-12-31'
  return { name, digest: Buffer.from(digest, 'hex'), publishes, until, isPlain: false }
}

const afterColon = (word: string) => word.slice(word.indexOf(':') + 1)

/** The end of the day, in UTC; null when there is none, undefined when it is no day. */
function untilOf(texts: readonly string[]): Date | null | undefined {
  const [text] = texts
  if (text === undefined) return null
  const day = new Date(`${text}T00:00:00Z`)
  const isDay = texts.length === 1 && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
  return isDay && text.length === 10 ? new Date(day.getTime() + 24 * 60 * 60 * 1000) : undefined
}

/**
 * Whether what a token may publish to has this topic in it. Topics that pipelines make are in none but by their own
 * name: who writes there goes round cleaning, or says things in another one's place.
 */
export const isCovered = (
  publishes: readonly string[],
  { name, owner, isDerived }: Topic<unknown>
): boolean =>
  publishes.includes(name) || (!isDerived && (publishes.includes(owner) || publishes.includes('*')))
