import type { Line } from '../document/document.ts'
import { hasDate } from './dates.ts'
import { folded, phraseKey } from './folded.ts'

const levelOnly =
  /^(?:expert|advanced|avancee?|intermediate|intermediaire|beginner|debutante?|novice|master|proficient|fluent|confirmee?|notions?|bases?|basic|good|bon(?:ne)?(?: niveau)?|excellent|maitrise|courant|junior|senior|niveau|\d{1,3} ?%|\d\/\d+|[★☆●○■□▪▮▯•.\s]+)$/
const longestSkill = 60

/** Skills as they are written in a section: lists of any shape, without group names and levels. */
export function skillsOf(lines: readonly Line[]): string[] {
  const found = new Map<string, string>()
  for (const text of joinedLists(lines))
    for (const skill of listed(text)) {
      const key = phraseKey(skill) || skill
      if (!found.has(key)) found.set(key, skill)
    }
  return [...found.values()]
}

/** A list that goes on on the next line is one text. */
function joinedLists(lines: readonly Line[]): string[] {
  const texts: string[] = []
  for (const line of lines) {
    const last = texts.at(-1)
    const goesOn =
      last !== undefined &&
      !line.bullet &&
      (/[,;(&/•·–—]$/u.test(last) ||
        (/,/.test(last) && /^[\p{Ll}&]/u.test(line.text)) ||
        openBrackets(last) > 0)
    if (goesOn) texts[texts.length - 1] = `${last} ${line.text}`
    else texts.push(line.text)
  }
  return texts
}

const openBrackets = (text: string) => (text.match(/\(/g)?.length ?? 0) - (text.match(/\)/g)?.length ?? 0)

function listed(text: string): string[] {
  const body = withoutLabel(text)
  return splitList(body).flatMap((piece) => {
    const skill = cleaned(piece)
    return isSkill(skill) ? [skill] : []
  })
}

/** "Langages : Java, C" and a first cell before a list are names of groups. */
function withoutLabel(text: string): string {
  const cells = text.split('\t')
  if (
    cells.length >= 2 &&
    cells.slice(1).some((cell) => /[,;•·|]/.test(cell)) &&
    !/[,;•·|]/.test(cells[0] ?? '')
  )
    return cells.slice(1).join('\t')
  const label = text.match(/^[^:,;]{2,60}?\s?:\s+(?=\S)/u)
  return label ? text.slice(label[0].length) : text
}

function splitList(text: string): string[] {
  const parts: string[] = []
  let part = ''
  let depth = 0
  for (const sign of text) {
    if (sign === '(' || sign === '[') depth++
    if (sign === ')' || sign === ']') depth = Math.max(0, depth - 1)
    if (depth === 0 && /[,;•·|\t\n●▪‣⋄◦]/u.test(sign)) {
      parts.push(part)
      part = ''
    } else part += sign
  }
  parts.push(part)
  return parts.flatMap((each) =>
    each.split(/\s+[/–—-]\s+(?=\S)/u).length > 3 ? each.split(/\s+[/–—-]\s+/u) : [each]
  )
}

function cleaned(piece: string): string {
  let skill = piece
    .trim()
    .replace(/^[-–—*+>✓•]+\s*/u, '')
    .replace(/[.;:,]+$/u, '')
  const bracket = skill.match(/^(.*?)\s*\(([^()]*)\)$/u)
  if (bracket?.[1] && bracket[2] && levelOnly.test(folded(bracket[2]))) skill = bracket[1]
  const level = skill.match(/^(.*?)\s*[:–—-]\s*([^:–—]+)$/u)
  if (level?.[1] && level[2] && levelOnly.test(folded(level[2].trim()))) skill = level[1]
  return skill
    .replace(/^(?:et|and)\s+/iu, '')
    .replace(/[★☆●○■□▪▮▯]+/gu, '')
    .trim()
}

const noSkill = /^(?:references?|recommandations?)\b.*\b(?:demande|disponibles?|request|available)\b/

function isSkill(skill: string): boolean {
  if (noSkill.test(folded(skill))) return false
  if (skill.length < 1 || skill.length > longestSkill || !/[\p{L}\d]/u.test(skill)) return false
  if (
    levelOnly.test(folded(skill)) ||
    hasDate(skill.replace(/(?<=\p{L}.{0,30}\s)(?:19|20)\d\d$/u, '')) ||
    /@|https?:/.test(skill)
  )
    return false
  return skill.split(/\s+/).length <= 8
}
