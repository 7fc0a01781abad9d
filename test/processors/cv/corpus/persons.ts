import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A period; `end` is "…" while it lasts, `raw` how this person writes it. */
export interface Span {
  readonly start: string
  readonly end: string
  readonly raw: string
}

export interface Job extends Span {
  readonly title: string
  readonly company: string
  readonly place: string
  readonly contract: string
  readonly points: string[]
}

export interface Study extends Span {
  readonly degree: string
  readonly school: string
}

export interface Person {
  readonly id: string
  /** `dev`, or `test`: set aside, no rule is tuned on it. */
  readonly set: string
  readonly fields: Readonly<Record<string, string>>
  readonly experience: readonly Job[]
  readonly education: readonly Study[]
  readonly languages: readonly { readonly language: string; readonly level: string }[]
}

interface Open extends Person {
  readonly fields: Record<string, string>
  readonly experience: Job[]
  readonly education: Study[]
  readonly languages: { language: string; level: string }[]
}

/** The invented persons of persons.txt. */
export function persons(): Person[] {
  const text = readFileSync(join(import.meta.dirname, 'persons.txt'), 'utf8')
  const found: Open[] = []
  for (const line of text.split('\n')) {
    const person = found.at(-1)
    const [, id, set] = line.match(/^== (\S+) \| (\S+)$/) ?? []
    if (id && set) found.push({ id, set, fields: {}, experience: [], education: [], languages: [] })
    else if (person && line !== '' && !line.startsWith('#')) read(person, line)
  }
  return found
}

function read(person: Open, line: string): void {
  const kind = line.match(/^(?:exp\+|edu\+|lang:|-) /)?.[0].trim()
  const parts = line.slice((kind?.length ?? -1) + 1).split(' | ')
  const at = (index: number) => parts[index]?.trim() ?? ''
  if (kind === 'exp+')
    person.experience.push({
      title: at(0),
      company: at(1),
      place: at(2),
      start: at(3),
      end: at(4),
      raw: at(5),
      contract: at(6),
      points: []
    })
  else if (kind === '-') person.experience.at(-1)?.points.push(at(0))
  else if (kind === 'edu+')
    person.education.push({ degree: at(0), school: at(1), start: at(2), end: at(3), raw: at(4) })
  else if (kind === 'lang:') person.languages.push({ language: at(0), level: at(1) })
  else person.fields[line.split(':')[0] ?? ''] = line.slice(line.indexOf(':') + 2)
}
