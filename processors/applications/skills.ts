import { parsedJson, textOf } from './json-values.ts'

/** What a skill is called where it is an object. */
const nameKeys = ['name', 'nom', 'label', 'skill', 'competence', 'compétence', 'title', 'titre']

/** What no separator parts: what is in parentheses stays together, as in `Cloud (AWS, GCP)`. */
const whole = /(?:\([^()]*\)|[^,;\n|•])+/gu
/** A slash parts two skills only where it stands by itself: `CI/CD`, `PL/SQL` and `SAP S/4HANA` are one each. */
const slash = /\s\/\s/u

/** Skills one by one: lists, objects and texts with separators, each once whatever its case, as it was first written. */
export function skillsOf(json: string | null): readonly string[] {
  const split = namesIn(parsedJson(json))
    .flatMap((text) => text.match(whole) ?? [])
    .flatMap((text) => text.split(slash))
    .map((skill) => textOf(skill).replaceAll(/\s+/g, ' '))
    .filter((skill) => skill !== '')
  const first = new Map<string, string>()
  for (const skill of split) {
    const folded = skill.toLocaleLowerCase('fr')
    if (!first.has(folded)) first.set(folded, skill)
  }
  return [...first.values()]
}

function namesIn(value: unknown): readonly string[] {
  if (value === null || value === undefined) return []
  if (Array.isArray(value)) return value.flatMap(namesIn)
  if (typeof value !== 'object') return [textOf(value)]
  const named = value as Readonly<Record<string, unknown>>
  const key = nameKeys.find((name) => name in named)
  return key === undefined ? Object.values(named).flatMap(namesIn) : namesIn(named[key])
}
