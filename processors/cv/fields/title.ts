import type { Line } from '../document/document.ts'
import type { Found } from './contact.ts'
import { hasDate } from './dates.ts'
import { folded } from './folded.ts'
import { homeIn, isPlace } from './places.ts'

/** What people write of themselves beside their names and is no title. */
const personal =
  /^(?:tel|phone|mobile|e-?mail|adresse|address|linkedin|github|permis|\d+ ans|age|nee? |born|nationalit|mari|celib)/
const networks = /linkedin|github|twitter|@|https?:|www\.|\d{4,}|:$|\.$/i

/** The text beside the name that says what the person is. */
export function titleOf(head: readonly Line[], name: string | null): Found<string> | null {
  const first = folded(name?.split(' ')[0] ?? '')
  const at =
    name === null
      ? -1
      : head.findIndex((line) => line.cells.some((cell) => folded(cell.text).includes(first)))
  const order = [...head.slice(at + 1, at + 6), ...head.slice(Math.max(0, at), at + 1)]
  for (const line of order.filter(({ links }) => links.length === 0)) {
    const cell = line.cells.find(({ text }) => isTitle(text.trim(), name))
    if (cell) return { value: cell.text.trim(), line, confidence: 0.85 }
  }
  return null
}

function isTitle(text: string, name: string | null): boolean {
  if (text.length < 3 || text.length > 110 || networks.test(text) || /^\W*\d/.test(text)) return false
  if (personal.test(folded(text)) || isOfName(folded(text), folded(name ?? ''))) return false
  return !hasDate(text) && !isPlace(text) && homeIn(text) === null
}

const isOfName = (text: string, name: string) => name !== '' && (text.includes(name) || name.includes(text))
