import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Person {
  readonly id: string
  readonly set: string
  readonly fields: Readonly<Record<string, string>>
  readonly experience: readonly {
    title: string
    company: string
    place: string
    start: string
    end: string
    points: string[]
  }[]
  readonly education: readonly { degree: string; school: string; start: string; end: string }[]
  readonly languages: readonly { language: string; level: string }[]
}

type Open = { -readonly [K in keyof Person]: Person[K] } & {
  fields: Record<string, string>
  experience: Person['experience'][number][]
  education: Person['education'][number][]
  languages: Person['languages'][number][]
}

/** The invented persons of persons.txt. */
export function persons(): Person[] {
  const text = readFileSync(join(import.meta.dirname, 'persons.txt'), 'utf8')
  const found: Open[] = []
  for (const line of text.split('\n')) {
    const person = found.at(-1)
    const head = line.match(/^== (\S+) \| (\S+)$/)
    if (head)
      found.push({
        id: head[1] ?? '',
        set: head[2] ?? '',
        fields: {},
        experience: [],
        education: [],
        languages: []
      })
    else if (person && line !== '' && !line.startsWith('#')) read(person, line)
  }
  return found
}

function read(person: Open, line: string): void {
  const parts = line
    .replace(/^\w+[+:] /, '')
    .split(' | ')
    .map((part) => part.trim())
  const [a = '', b = '', c = '', d = '', e = ''] = parts
  if (line.startsWith('exp+'))
    person.experience.push({ title: a, company: b, place: c, start: d, end: e, points: [] })
  else if (line.startsWith('- ')) person.experience.at(-1)?.points.push(line.slice(2))
  else if (line.startsWith('edu+')) person.education.push({ degree: a, school: b, start: c, end: d })
  else if (line.startsWith('lang:')) person.languages.push({ language: a, level: b })
  else person.fields[line.split(':')[0] ?? ''] = line.slice(line.indexOf(':') + 2)
}
