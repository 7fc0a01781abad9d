import type { CountryCode } from 'libphonenumber-js'
import { phoneNumbers } from './phone-numbers.ts'
import type { Line } from '../document/document.ts'
import { dateRanges } from './dates.ts'
import { folded } from './folded.ts'
import { homeIn, isPlace } from './places.ts'

const emailPattern =
  /[a-z0-9](?:[a-z0-9._%+'-]{0,62}[a-z0-9_%+-])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,6}[a-z]{2,24}/giu

/** Whether a line says how to reach the person. */
export function isContact(line: Line): boolean {
  if (line.links.length > 0 && line.text.length < 90) return true
  return (
    line.text.length < 120 &&
    (/[\w.+-]{2,64}@[\w-]{2,64}\.\w/.test(line.text) ||
      /https?:\/\/|www\.|linkedin|github/i.test(line.text) ||
      /^\W*(?:t[ée]l|phone|mobile|portable|e-?mail|courriel|adresse|site|web)\b[^:]{0,12}:/iu.test(line.text))
  )
}

/** A value and the line that shows it. */
export interface Found<T> {
  readonly value: T
  readonly line: Line | null
  readonly confidence: number
}

/** The person's e-mail address: the first of those near the top, else the first at all. */
export function emailOf(contact: readonly Line[], all: readonly Line[]): Found<string> | null {
  for (const [lines, confidence] of [
    [contact, 0.99],
    [all, 0.9]
  ] as const)
    for (const line of lines) {
      const text = line.text.slice(0, 2_000)
      const linked = line.links
        .find((link) => /^mailto:/i.test(link))
        ?.slice(7)
        .split('?')[0]
      const value = text.replace(/\s?(?:\(at\)|\[at\])\s?/g, '@').match(emailPattern)?.[0] ?? linked
      if (value) return { value: value.replace(/^e-?mail:?/i, ''), line, confidence }
    }
  return null
}

const phonePattern = /(?:\(?\+|00)?\(?\d[\d\s().\u00a0/–-]{5,22}\d/gu

/** The person's phone number, E.164 where its country can be told. */
export function phoneOf(
  contact: readonly Line[],
  all: readonly Line[],
  country: CountryCode | null
): Found<string> | null {
  for (const [lines, confidence] of [
    [contact, 0.97],
    [all, 0.7]
  ] as const)
    for (const [index, line] of lines.entries()) {
      const value = phoneIn(brokenNumber(line, lines[index + 1]), country)
      if (value) return { value, line, confidence }
    }
  return null
}

/** "+32 460 00" at a line's end and "12 34" at the next one's beginning are one number. */
function brokenNumber(line: Line, next: Line | undefined): Line {
  const begun = line.text.match(/[+(][\d\s().]{5,15}$/u)?.[0]
  const rest = next?.text.match(/^\d[\d\s.]{2,12}(?=\D|$)/u)?.[0]
  const digits = ((begun ?? '') + (rest ?? '')).replace(/\D/g, '').length
  const isOne =
    begun !== undefined &&
    rest !== undefined &&
    begun.replace(/\D/g, '').length < 9 &&
    digits >= 9 &&
    digits <= 14
  const [cell] = line.cells.slice(-1)
  return isOne && cell
    ? { ...line, cells: [...line.cells.slice(0, -1), { ...cell, text: `${cell.text} ${rest}` }] }
    : line
}

function phoneIn(line: Line, country: CountryCode | null): string | null {
  const linked = line.links.find((link) => /^tel:/i.test(link))
  for (const text of [...line.cells.map((cell) => cell.text.slice(0, 500)), linked?.slice(4) ?? ''])
    for (const match of text.matchAll(phonePattern)) {
      // Two numbers, parted by a stroke: the first one.
      const candidate = (match[0].split(/\s\/\s/)[0] as string).trim()
      const digits = candidate.replace(/\(0\)/, '').replace(/\D/g, '')
      // A year and a number behind a dot are part of a reference.
      if (digits.length < 8 || digits.length > 15 || /^(?:19|20)\d\d[./]/.test(candidate)) continue
      if (dateRanges(candidate).length > 0 && !candidate.startsWith('+')) continue
      return normalised(candidate, country)
    }
  return null
}

function normalised(candidate: string, country: CountryCode | null): string {
  const text = candidate.replace(/^00/, '+').replace(/\(0\)/, '')
  const parsed = phoneNumbers.parsePhoneNumberFromString(text, country ?? undefined)
  return parsed?.isPossible() ? parsed.number : candidate
}

/** Where the person lives. */
export function locationOf(contact: readonly Line[]): Found<string> | null {
  const wrapped = wrappedHome(contact)
  if (wrapped) return wrapped
  for (const line of contact) {
    const value = homeIn(line.text)
    if (value) return { value, line, confidence: 0.9 }
  }
  const place = contact
    .flatMap((line) => line.cells.map((cell) => ({ line, text: cell.text })))
    .find(({ text }) => isPlace(text))
  return place ? { value: place.text, line: place.line, confidence: 0.7 } : null
}

/** An address that a narrow column breaks: "123 Somewhere Rd., Mountain", "View, CA 94035". */
function wrappedHome(contact: readonly Line[]): Found<string> | null {
  for (const [index, line] of contact.entries()) {
    const next = contact[index + 1]
    if (!next || !/^\d{1,4},?\s\p{L}/u.test(line.text) || /@|\d{3}[ -.]\d{4}/.test(line.text + next.text))
      continue
    const value = homeIn(`${line.text} ${next.text}`)
    if (value && homeIn(line.text) === null) return { value, line, confidence: 0.7 }
  }
  return null
}

const urlPattern =
  /(?:https?:\/\/|www\.)[^\s<>|,;()"'⇥]{3,200}|(?:[a-z0-9-]{1,63}\.){1,4}(?:com|org|net|io|dev|me|fr|be|ch|ca|ga|ci|sn|cm|eu|co|uk|de|info|tech|app|page|site|blog|design|art|edu|xyz|us|gg|ai|to)(?:\/[^\s<>|,;()"']{0,150})?(?![\w@.])/giu

/** Addresses on the web that belong to the person: those in the contact data and at its links. */
export function linksOf(contact: readonly Line[], unplaced: readonly string[]): string[] {
  const found: string[] = []
  for (const line of contact) {
    const text = line.text.replace(emailPattern, ' ').slice(0, 2_000)
    for (const link of line.links) if (/^https?:/i.test(link)) found.push(link)
    for (const match of text.matchAll(urlPattern)) {
      const shown = match[0].replace(/[.,;:]+$/, '')
      // The end of a narrow column cuts an address that its link has whole.
      if (!line.links.some((link) => linkKey(link).startsWith(linkKey(shown)))) found.push(shown)
    }
  }
  for (const link of unplaced) if (/^https?:/i.test(link)) found.push(link)
  return distinctLinks(found)
}

function linkKey(link: string): string {
  return folded(link)
    .replace(/^https?:\/\//, '')
    .replace(/^www\./, '')
    .replace(/\/+$/, '')
}

function distinctLinks(links: readonly string[]): string[] {
  const byKey = new Map<string, string>()
  for (const link of links) {
    const key = linkKey(link)
    const known = byKey.get(key)
    if (!known || (!/^https?:/.test(known) && /^https?:/.test(link))) byKey.set(key, link)
  }
  return [...byKey.values()]
}
