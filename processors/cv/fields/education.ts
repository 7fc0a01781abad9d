import type { Line } from '../document/document.ts'
import { entriesOf } from './entries.ts'
import { headerOf } from './pieces.ts'
import { agreementOf, type Named, nothingNamed, rolesOf } from './roles.ts'
import { hasWordOf } from './words.ts'

export interface Education {
  readonly degree: string | null
  readonly institution: string | null
  readonly location: string | null
  readonly start_date: string | null
  readonly end_date: string | null
}

export interface FoundEducation {
  readonly value: Education
  readonly lines: readonly Line[]
  readonly confidence: number
}

/** What is studied may stand apart from the degree: "Bachelor of Science", "Computer Science". */
function degreeOf({ what, others }: Named): string | null {
  if (what === null) return null
  const more = others.filter(
    (text) =>
      text.length < 80 && !/\d|gpa|mention|note|honou?rs|moyenne/i.test(text) && !hasWordOf('school', text)
  )
  const longer = more.find((text) => text.includes(what))
  return longer ?? [what, ...more.slice(0, 1)].join(' ')
}

/** The studies of a section, in the order of the document. A date that stands alone is when they ended. */
export function educationOf(lines: readonly Line[]): FoundEducation[] {
  const entries = entriesOf(lines, true)
  const headers = entries.map((entry) => headerOf(entry, true))
  const roles = rolesOf(
    headers.map(({ pieces }) => pieces),
    { what: 'degree', where: 'school' }
  )
  const agreement = agreementOf(roles)
  return entries.map((entry, index) => {
    const role = roles[index] ?? nothingNamed
    const { dates } = entry
    const isSingle = dates !== null && dates.end === null && !dates.ongoing
    const value = {
      degree: degreeOf(role),
      institution: role.where,
      location: headers[index]?.location ?? null,
      start_date: isSingle ? null : (dates?.start ?? null),
      end_date: isSingle ? dates.start : (dates?.end ?? null)
    }
    return { value, lines: entry.header, confidence: role.confidence * agreement }
  })
}
