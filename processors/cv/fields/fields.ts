import type { CountryCode } from 'libphonenumber-js'
import { phoneNumbers } from './phone-numbers.ts'
import type { DocumentText } from '../document/read.ts'
import type { Line } from '../document/document.ts'
import { type Section, sectionsOf } from '../sections/sections.ts'
import { emailOf, type Found, isContact, linksOf, locationOf, phoneOf } from './contact.ts'
import type { CvData } from './data.ts'
import { hasDate } from './dates.ts'
import { folded } from './folded.ts'
import { titleOf } from './title.ts'
import { educationOf } from './education.ts'
import { type Evidence, evidenceOf } from './evidence.ts'
import { experienceOf } from './experience.ts'
import { languageOf } from './language-names.ts'
import { type Language, languagesOf } from './languages.ts'
import { paragraphs } from './paragraphs.ts'
import { type FoundName, nameOf } from './name.ts'
import { countryCodeOf, homeIn } from './places.ts'
import { skillsOf } from './skills.ts'

export interface CvFields {
  readonly data: CvData
  readonly evidence: readonly Evidence[]
}

const ofComputers =
  /^\W*(?:informatique|bureautique|logiciels?|outils(?: informatiques)?|it skills|software|computer skills)\s*:/

/** Every field of a CV from its lines. */
export function fieldsOf(document: DocumentText): CvFields {
  const { lines } = document
  const name = nameOf(lines, emailOf(lines, lines)?.value ?? null)
  const sections = sectionsOf(lines, name?.index ?? null)
  const personal = personalOf(document, sections, name)
  const experience = of(sections, 'experience').flatMap((section) => experienceOf(section.lines))
  const education = of(sections, 'education').flatMap((section) => educationOf(section.lines))
  const skillLines = of(sections, 'skills').flatMap((section) => section.lines)
  const languageLines = of(sections, 'languages').flatMap((section) => section.lines)
  // "Connaissances informatiques et linguistiques" is a section of both.
  skillLines.push(...languageLines.filter((line) => ofComputers.test(folded(line.text))))
  const skills = skillsOf(skillLines)
  const languages = languagesOf(languageLines)
  const data = {
    personal_info: personal.info,
    skills,
    experience: experience.map(({ value }) => value),
    education: education.map(({ value }) => value),
    languages
  }
  const evidence = [
    ...personal.evidence,
    ...skills.flatMap((skill, at) =>
      evidenceOf(`skills[${at}]`, skill, { lines: skillLines, confidence: 0.9 })
    ),
    ...experience.flatMap((entry, at) => entryEvidence(`experience[${at}]`, entry)),
    ...education.flatMap((entry, at) => entryEvidence(`education[${at}]`, entry)),
    ...languages.flatMap((each, at) => languageEvidence(`languages[${at}]`, each, languageLines))
  ]
  return { data, evidence }
}

function personalOf(document: DocumentText, sections: readonly Section[], name: FoundName | null) {
  const { lines } = document
  const contact = contactLines(sections)
  const head = of(sections, 'head').flatMap((section) => section.lines)
  const location = locationOf(contact)
  const found: Readonly<Record<'name' | 'email' | 'phone' | 'location' | 'title', Found<string> | null>> = {
    name: name && { value: name.name, line: lines[name.index] ?? null, confidence: name.confidence },
    email: emailOf(contact, lines),
    phone: phoneOf(contact, lines, countryOf(lines, location?.value ?? null)),
    location,
    title: titleOf(head, name?.name ?? null, contact)
  }
  const value = (field: keyof typeof found) => found[field]?.value ?? null
  const info = {
    name: value('name'),
    email: value('email'),
    phone: value('phone'),
    location: value('location'),
    links: linksOf(contact, document.links),
    title: value('title'),
    summary: summaryOf(sections, head)
  }
  const evidence = Object.entries(found).flatMap(([field, each]) =>
    each?.line
      ? evidenceOf(`personal_info.${field}`, each.value, { lines: [each.line], confidence: each.confidence })
      : []
  )
  return { info, evidence }
}

/** A language is stated by its code, so that its line is found by what the line's words name. */
function languageEvidence(field: string, { language, level }: Language, lines: readonly Line[]): Evidence[] {
  const names = (line: Line) => line.text.split(/[^\p{L}]+/u).some((word) => languageOf(word) === language)
  const own = lines.filter(names)
  const from = { lines: own.length > 0 ? own : lines, confidence: own.length > 0 ? 0.95 : 0.8 }
  return [
    ...evidenceOf(`${field}.language`, language, from),
    ...evidenceOf(`${field}.level`, level, { ...from, confidence: 0.9 })
  ]
}

function entryEvidence(
  field: string,
  {
    value,
    lines,
    confidence
  }: { readonly value: object; readonly lines: readonly Line[]; readonly confidence: number }
): Evidence[] {
  return Object.entries(value).flatMap(([key, text]: [string, string | null]) => {
    const isDate = key.endsWith('_date')
    if (key === 'description') return []
    const from = isDate ? lines.filter((line) => hasDate(line.text)) : lines
    return evidenceOf(`${field}.${key}`, text, { lines: from, confidence: isDate ? 0.95 : confidence })
  })
}

function of(sections: readonly Section[], kind: Section['kind']): Section[] {
  return sections.filter((section) => section.kind === kind)
}

/** Lines that may say how to reach the person: above the first section, under "contact", and at the page's foot. */
function contactLines(sections: readonly Section[]): Line[] {
  const own = sections
    .filter(({ kind }) => kind === 'head' || kind === 'contact' || kind === 'other')
    .flatMap(({ lines }) => lines)
  // A section named "about" may have the address and the phone number in it.
  const told = sections
    .filter(({ kind }) => kind === 'summary')
    .flatMap(({ lines }) => lines)
    .filter(isContact)
  return [...own, ...told].filter((line) => line.text.length < 400)
}

/** Towns of one name are overseas, too: a post code of another department says that this one is not ("93200 Saint-Denis"). */
function inFrance(code: string | null, lines: readonly Line[]): string | null {
  const isOverseas = code !== null && /^(?:RE|GP|MQ|GF|YT|PM|BL|MF|NC|PF)$/.test(code)
  const top = lines.slice(0, 40).map(({ text }) => text)
  const isNear = top.some((text) => /(?<!\d)(?!9[78])\d{5}\s+\p{Lu}/u.test(text))
  return isOverseas && isNear ? 'FR' : code
}

/** The country whose phone numbers the CV is likely to have: where its person lives, else by its language. */
function countryOf(lines: readonly Line[], home: string | null): CountryCode | null {
  const code = home === null ? null : inFrance(countryCodeOf(home), lines)
  if (code !== null && phoneNumbers.isSupportedCountry(code)) return code
  const like = (words: RegExp) => lines.slice(0, 60).filter((line) => words.test(line.text)).length
  return like(/\b(?:le|la|les|des|une?|et|du)\b/i) > like(/\b(?:the|and|of|with|for)\b/i) ? 'FR' : 'US'
}

/** What stands under "profile" and its kin, or a paragraph under the name. */
function summaryOf(sections: readonly Section[], head: readonly Line[]): string | null {
  const own = of(sections, 'summary').flatMap((section) => section.lines)
  const told = own.filter((line) => !isContact(line))
  if (told.length > 0) return paragraphs(told)
  const at = head.findIndex(isProse)
  const first = head[at]
  if (!first) return null
  const rest = head.slice(at)
  const end = rest.findIndex((line) => line.block !== first.block || line.size !== first.size)
  const text = paragraphs(end < 0 ? rest : rest.slice(0, end))
  // One line that is no sentence is what the person is: the title.
  return text !== null && (text.length > 130 || /[.!]$/.test(text)) ? text : null
}

function isProse(line: Line): boolean {
  const isLong = line.cells.length === 1 && line.text.length > 60
  return isLong && !/@|https?:|\|/.test(line.text) && homeIn(line.text) === null
}
