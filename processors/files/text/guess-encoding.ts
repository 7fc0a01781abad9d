import { isUtf8 } from 'node:buffer'
import { type Encoding, decode } from './encodings.ts'

export interface EncodingGuess {
  readonly encoding: Encoding
  /** The length of the byte order mark, which is no part of the text. */
  readonly markLength: number
  /** Whether the file itself says so, by a mark or by being valid UTF-8. */
  readonly isCertain: boolean
  /** What it was decided by, for people. */
  readonly evidence: string
}

/** What a file shows of its encoding: its head, and lines with bytes above 127 from all over it. */
export interface EncodingSample {
  readonly head: Uint8Array
  readonly highLines: readonly Uint8Array[]
}

/** How bytes are to be read: by their mark, by zero bytes, by being valid UTF-8, else by which letters make sense. */
export function guessEncoding({ head, highLines }: EncodingSample): EncodingGuess {
  const marked = byMark(head) ?? byZeroBytes(head)
  if (marked) return marked
  if (highLines.length === 0)
    return { encoding: 'utf-8', markLength: 0, isCertain: true, evidence: 'ASCII only' }
  const valid = highLines.filter((line) => isUtf8(line)).length
  const share = `${valid} of ${highLines.length} lines beyond ASCII are valid UTF-8`
  if (valid * 2 >= highLines.length)
    return { encoding: 'utf-8', markLength: 0, isCertain: valid === highLines.length, evidence: share }
  return bySense(highLines, share)
}

function byMark(head: Uint8Array): EncodingGuess | null {
  const marks: readonly (readonly [Encoding, readonly number[]])[] = [
    ['utf-8', [0xef, 0xbb, 0xbf]],
    ['utf-16le', [0xff, 0xfe]],
    ['utf-16be', [0xfe, 0xff]]
  ]
  for (const [encoding, mark] of marks)
    if (mark.every((byte, index) => head[index] === byte))
      return { encoding, markLength: mark.length, isCertain: true, evidence: 'byte order mark' }
  return null
}

/** UTF-16 of Western text has a zero in every other byte; other text has none. */
function byZeroBytes(head: Uint8Array): EncodingGuess | null {
  const zeros = [0, 0]
  const length = Math.min(head.length, 4_096)
  for (let index = 0; index < length; index++) if (head[index] === 0) zeros[index % 2]! += 1
  const [even = 0, odd = 0] = zeros
  const enough = length * 0.3
  if (even < enough && odd < enough) return null
  const encoding = even > odd ? 'utf-16be' : 'utf-16le'
  const evidence = `${Math.max(even, odd)} of ${length} bytes are zero, at ${even > odd ? 'even' : 'odd'} places`
  return { encoding, markLength: 0, isCertain: false, evidence }
}

const pages: readonly Encoding[] = ['cp1252', 'cp850', 'mac-roman']

/** Of the code pages, the one whose letters stand in words as French letters do. */
function bySense(highLines: readonly Uint8Array[], share: string): EncodingGuess {
  const scored = pages.map((encoding) => ({
    encoding,
    score: highLines.reduce((sum, line) => sum + sense(decode(line, encoding)), 0)
  }))
  scored.sort((a, b) => b.score - a.score)
  const [best, next] = scored
  const evidence = `${share}; letters make sense in ${best?.encoding} ${best?.score} to ${next?.encoding} ${next?.score}`
  return { encoding: best?.encoding ?? 'cp1252', markLength: 0, isCertain: false, evidence }
}

const commonLetters = /[éèêëàâçîïôöûùüÿœæÉÈÊËÀÂÇÎÏÔÖÛÙÜŒÆ]/
const commonSigns = /[«»’‘“”–—…€°²³№\u00a0ºª§½¼±µ·•²³]/

/** How much a text looks like French: letters of the right case between letters count for it, oddities against. */
function sense(text: string): number {
  let score = 0
  for (let index = 0; index < text.length; index++) {
    const sign = text[index] as string
    if (sign < '\u0080') continue
    score += senseOf(sign, text[index - 1] ?? ' ', text[index + 1] ?? ' ')
  }
  return score
}

function senseOf(sign: string, before: string, after: string): number {
  if (/[\u0080-\u009f\u2500-\u25ff\ufffd\uf8ff]/.test(sign)) return -3
  if (!commonLetters.test(sign)) return commonSigns.test(sign) ? signSense(before, after) : -1
  const isLower = sign === sign.toLowerCase()
  const neighbours = [before, after].filter((one) => /\p{L}/u.test(one))
  if (neighbours.length === 0) return sign === 'à' || sign === 'À' ? 1 : -0.5
  if (isLower) return neighbours.some((one) => one === one.toLowerCase()) ? 2 : -2
  return neighbours.includes(before) && before === before.toLowerCase() ? -2 : 1
}

/** A quote or a dash inside of a word is no sign but a letter that was read wrongly; an apostrophe is at home there. */
const signSense = (before: string, after: string): number =>
  /\p{L}/u.test(before) && /\p{Ll}/u.test(after) ? 0 : 0.5
