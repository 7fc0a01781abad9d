import type { Line } from '../document/document.ts'
import type { Found } from './contact.ts'
import { hasDate } from './dates.ts'
import { folded } from './folded.ts'
import { homeIn, isPlace } from './places.ts'
import { hasWordOf } from './words.ts'

/** What people write of themselves beside their names and is no title. */
const personal =
  /^\W*(?:tel\b|telephone|phone|mobile|portable|e-?mail|courriel|adresse|address|linkedin|github|permis|\d+ ans|age\b|nee? |born|nationalit|marie|celib|divorce|pacse|veuf|veuve|concubin|cohabitant|vehicul|voiture|titre de sejour|carte |noms?\b|prenoms?\b|date\b|lieu\b|situation|sexe|etat civil|sit(?:uation)? fam|curriculum|c\.?v\.?$|disponib|mobilite|quartier|rue\b|avenue|residence|cite\b|bp\b|b\.p\.|villa|lot\b)/
const networks = /linkedin|github|twitter|@|https?:|www\.|\d{5,}|:$|\.$/i
const wish = /^(?:je |en |a la )?(?:recherche|cherche|seeking|looking for)\b/i

/** The text beside the name that says what the person is. */
export function titleOf(
  head: readonly Line[],
  name: string | null,
  contact: readonly Line[]
): Found<string> | null {
  for (const line of contact) {
    const asked = titleBehindLabel(line)
    if (asked) return { value: asked, line, confidence: 0.9 }
  }
  const first = folded(name?.split(' ')[0] ?? '')
  const at =
    name === null
      ? -1
      : head.findIndex((line) => line.cells.some((cell) => folded(cell.text).includes(first)))
  const behind = head
    .slice(at + 1, at + 11)
    .filter(
      (line, index) => index < 5 || (line.text.length < 70 && (line.bold || hasWordOf('title', line.text)))
    )
  const order = [...behind, ...head.slice(Math.max(0, at), at + 1)]
  for (const line of order.filter(({ links }) => links.length === 0)) {
    const cell = line.cells.find(({ text }) => isTitle(text.trim(), name))
    if (cell) return { value: cell.text.trim(), line, confidence: 0.85 }
  }
  return null
}

const titleLabel =
  /^(?:poste|emploi|fonction|profession|metier|titre|objet|intitule|position|job title)(?: (?:actuel(?:le)?|recherchee?|souhaitee?|visee?|occupee?|desired|sought))?\s*:?\s*$/

/** "Poste recherché" in a form, or "Profession : soudeur". */
function titleBehindLabel({ cells }: Line): string | null {
  const [first, second] = cells
  if (first && second && titleLabel.test(folded(first.text.trim()))) return second.text.trim()
  const [label, value] = first?.text.split(/\s*:\s+/, 2) ?? []
  return label && value && cells.length === 1 && titleLabel.test(folded(label)) ? value.trim() : null
}

function isTitle(text: string, name: string | null): boolean {
  if (text.length < 3 || text.length > 110 || networks.test(text) || /^\W*\d/.test(text)) return false
  if (personal.test(folded(text)) || isOfName(folded(text), folded(name ?? ''))) return false
  return !isOfTime(text) && !isPlace(text) && homeIn(text) === null
}

const isOfName = (text: string, name: string) => name !== '' && (text.includes(name) || name.includes(text))

/** What somebody looks for may say when. */
function isOfTime(text: string): boolean {
  return (/\d{4}|\d{1,2}[/.]\d/.test(text) || hasDate(text)) && !wish.test(folded(text))
}
