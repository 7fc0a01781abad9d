import type { Cell, Line } from '../document/document.ts'
import { hasDate } from '../fields/dates.ts'
import { languageOf } from '../fields/language-names.ts'
import { lineOf } from '../layout/lines.ts'
import { bodySize } from './body-size.ts'
import { kindByContent } from './content.ts'
import { headlessSections } from './headless.ts'
import { headingKind, isCapitals, kindByNoun, looks, type SectionKind } from './headings.ts'

/** Lines under one heading; those before the first heading are of kind `head`. */
export interface Section {
  readonly kind: SectionKind | 'head'
  readonly heading: Line | null
  readonly lines: readonly Line[]
}

/** Parts a document's lines into sections by the words of their headings and by how headings look in it. */
export function sectionsOf(lines: readonly Line[], nameAt: number | null = null): Section[] {
  const named = nameAt === null ? null : (lines[nameAt] ?? null)
  const split = splitLabels(lines)
  const kinds = headingKinds(split)
  const sections: Section[] = []
  let current: { kind: Section['kind']; heading: Line | null; lines: Line[] } = {
    kind: 'head',
    heading: null,
    lines: []
  }
  for (const [index, line] of split.entries()) {
    const kind = kinds[index]
    if (line === named && index > 0) {
      // The name may stand behind a column that is read first.
      sections.push(current)
      current = { kind: 'head', heading: null, lines: [] }
    }
    if (!kind || isSecondRow(current, line)) {
      if (!kind) current.lines.push(line)
      continue
    }
    sections.push(current)
    current = { kind, heading: line, lines: [] }
  }
  sections.push(current)
  return withoutHeadings(
    sections.filter(({ heading, lines: own }) => heading !== null || own.length > 0).map(toldByContent)
  )
}

/** What stands under a heading that nobody knows is told by what it looks like. */
function toldByContent(section: Section): Section {
  const { kind, heading, lines } = section
  if (kind !== 'other' || heading === null || headingKind(heading.text) !== null) return section
  return { ...section, kind: kindByContent(lines) ?? kind }
}

/** Where no heading names jobs or studies, they stand among the lines that no heading is above. */
function withoutHeadings(sections: readonly Section[]): Section[] {
  if (sections.some(({ kind }) => kind === 'experience' || kind === 'education')) return [...sections]
  return sections.flatMap((section) =>
    section.kind === 'head' ? headlessSections(section.lines) : [section]
  )
}

/** A heading of two rows: the second one may name a section by itself. */
function isSecondRow(
  { heading, lines }: { heading: Line | null; lines: readonly Line[] },
  line: Line
): boolean {
  if (!heading || lines.length > 0 || heading.block !== line.block) return false
  return (
    looks(heading) === looks(line) && line.gap < 0.4 && heading.box.left === line.box.left && line.gap > 0
  )
}

/** A heading in the first cell of a row, as beside a text, becomes a line of its own; so does one before a colon. */
function splitLabels(lines: readonly Line[]): Line[] {
  const edges = new Map<number, number>()
  for (const { box } of lines)
    edges.set(Math.round(box.left / 3), (edges.get(Math.round(box.left / 3)) ?? 0) + 1)
  const isEdge = (cell: Cell) => (edges.get(Math.round(cell.box.left / 3)) ?? 0) >= 3
  const isBare = lines.every(({ bold, size }) => !bold && size === lines[0]?.size)
  const hasSkills = lines.some(({ text, cells }) => cells.length === 1 && headingKind(text) === 'skills')
  return lines.flatMap((line) => {
    const [first, ...others] = line.cells
    if (!first) return [line]
    if (others.length === 0) return line.bullet ? [line] : splitColon(line, first, !hasSkills)
    const isLabel =
      isSectionName(first.text) &&
      (standsOut(first, others) || isBare || (!line.bullet && others.some(isEdge)))
    return isLabel ? [cellsLine(line, [first]), cellsLine(line, others)] : [line]
  })
}

function isSectionName(text: string): boolean {
  const kind = headingKind(text)
  return kind !== null && kind !== 'other' && !hasDate(text)
}

function standsOut(first: Cell, others: readonly Cell[]): boolean {
  return first.bold || isCapitals(first.text) || first.size > (others[0]?.size ?? 0)
}

const inline = new Set<SectionKind>(['languages', 'interests', 'skills', 'certifications'])

function splitColon(line: Line, cell: Cell, takesPlain: boolean): Line[] {
  const [, label, text] = cell.text.match(/^([^:]{4,40})\s?:\s?(\S.*)$/u) ?? []
  if (label === undefined || text === undefined) return [line]
  const kind = headingKind(label)
  if (!kind || !inline.has(kind)) return [line]
  // "Technologies: …" within an experience is part of what is told there.
  const isOwn = line.bold || (takesPlain && /^comp|^skills|^atouts/i.test(label))
  if (kind === 'languages' ? !hasLanguage(text) : !isOwn) return [line]
  return [cellsLine(line, [{ ...cell, text: label }]), cellsLine(line, [{ ...cell, text }])]
}

/** "Français (courant)", "anglais B2". */
function hasLanguage(text: string): boolean {
  return text.split(/[,;/|]/).some((part) => languageOf(part.trim().split(/[\s(:–-]/)[0] ?? '') !== null)
}

function cellsLine(line: Line, cells: readonly Cell[]): Line {
  const { block, page, gap, links } = line
  return lineOf(cells, { block, page, gap, links })
}

function headingKinds(lines: readonly Line[]): (SectionKind | null)[] {
  const body = bodySize(lines)
  const named = lines.map((_, index) => namedKind(lines, index, body))
  const styles = new Map<string, number>()
  for (const [index, line] of lines.entries())
    if (named[index]) styles.set(looks(line), (styles.get(looks(line)) ?? 0) + 1)
  const total = new Map<string, number>()
  for (const line of lines) total.set(looks(line), (total.get(looks(line)) ?? 0) + 1)
  const isHeadingLooks = (line: Line) => {
    const known = styles.get(looks(line)) ?? 0
    const stands = line.size > body * 1.08 || (line.bold && isCapitals(line.text)) || isCapitals(line.text)
    return known >= 2 && stands && (total.get(looks(line)) ?? 0) <= known * 2 + 1
  }
  const strong = lines.some((line) => isHeadingLooks(line))
  return lines.map((line, index) => {
    const kind = named[index]
    if (kind)
      return isConvincing(line, { body, strong, isHeadingLooks, kind, next: lines[index + 1] }) ? kind : null
    if (!isHeadingLooks(line) || !mayBeHeading(line) || index < 3 || named[index - 1]) return null
    const dated = lines.slice(index + 1, index + 3).some((next) => hasDate(next.text))
    return kindByNoun(line.text) ?? (dated ? null : 'other')
  })
}

/** Whether a line could name a section that no list knows. */
function mayBeHeading(line: Line): boolean {
  const isShort = line.cells.length === 1 && !line.bullet && line.text.length <= 45
  return isShort && !hasDate(line.text) && !/[@\d]/.test(line.text)
}

interface Looks {
  readonly body: number
  readonly strong: boolean
  readonly isHeadingLooks: (line: Line) => boolean
  readonly kind: SectionKind
  readonly next: Line | undefined
}

/** In a document whose headings look alike, a line that names a section and looks like plain text is plain text. */
function isConvincing(line: Line, { body, strong, isHeadingLooks, next }: Looks): boolean {
  if (isHeadingLooks(line)) return true
  if (line.size < body * 0.95 && !line.bold && !isCapitals(line.text)) return false
  if (!strong) return true
  const plain = !line.bold && line.size <= body * 1.05 && !isCapitals(line.text)
  return !plain || next === undefined || next.size < line.size
}

function namedKind(lines: readonly Line[], index: number, body: number): SectionKind | null {
  const line = lines[index] as Line
  // An icon before a heading is taken for a bullet.
  if (line.cells.length > 1 || (line.bullet && line.size <= body * 1.05)) return null
  const kind = headingKind(line.text.replace(/\s*[:：]\s*$/u, ''))
  if (kind !== 'languages') return kind
  // Programming languages are skills: what follows tells.
  const following = lines.slice(index + 1, index + 4).map((next) => next.text)
  return following.some((text) =>
    text
      .split(/[\t,;:()|–—-]/)
      .some((part) => languageOf(part) !== null || languageOf(part.trim().split(' ')[0] ?? '') !== null)
  )
    ? kind
    : null
}
