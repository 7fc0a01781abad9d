import type { Line } from '../document/document.ts'
import { withoutContract } from './contracts.ts'
import { employersAbove, underEmployer } from './employers.ts'
import { type Entry, entriesOf } from './entries.ts'
import { type Header, headerOf, placeAmong, withUnknownPlaces } from './pieces.ts'
import { paragraphs } from './paragraphs.ts'
import { agreementOf, type Named, nothingNamed, rolesOf } from './roles.ts'

export interface Experience {
  readonly title: string | null
  readonly company: string | null
  readonly location: string | null
  readonly start_date: string | null
  readonly end_date: string | null
  readonly description: string | null
}

/** An experience, the lines that show it, and how sure it is. */
export interface FoundExperience {
  readonly value: Experience
  readonly lines: readonly Line[]
  readonly confidence: number
}

/** The jobs of a section, in the order of the document. */
export function experienceOf(lines: readonly Line[]): FoundExperience[] {
  const all = entriesOf(lines).map((entry) => ({ entry, header: headerOf(entry) }))
  const employers = employersAbove(all)
  const own = all.filter((each) => !employers.includes(each))
  const entries = own.map(({ entry }) => entry)
  const headers = withUnknownPlaces(own.map((each) => underEmployer(each, all, employers)))
  const roles = rolesOf(
    headers.map(({ pieces }) => pieces),
    { what: 'title', where: 'organisation' }
  )
  const agreement = agreementOf(roles)
  let company: string | null = null
  return entries.map((entry, index) => {
    const role = roles[index] ?? nothingNamed
    // Several jobs under one employer: its name stands above the first.
    const inherited = role.where === null && role.what !== null ? company : null
    if (role.where !== null) company = standsAbove(role.where, entry) ? role.where : null
    const value = {
      title: role.what === null ? null : withoutContract(role.what),
      company: role.where ?? inherited,
      ...told(entry, headers[index], role)
    }
    const lines = [...entry.header, ...entry.body]
    return { value, lines, confidence: role.confidence * agreement * (inherited === null ? 1 : 0.8) }
  })
}

/** Whether an employer's name begins an entry of several lines, so that the next one may be at the same. */
const standsAbove = (name: string, { header }: Entry) =>
  header.length > 1 && (header[0]?.text.startsWith(name) ?? false)

/** Where and when, and what the entry tells. */
function told({ dates, body }: Entry, header: Header | undefined, role: Named) {
  return {
    location: header?.location ?? placeAmong(role.others),
    start_date: dates?.start ?? null,
    // A date that stands alone is when it was; only what lasts has no end.
    end_date: dates?.end ?? (dates?.ongoing === false ? dates.start : null),
    description: paragraphs([...(header?.told ?? []), ...body])
  }
}
