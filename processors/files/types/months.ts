import { fold } from './fold.ts'

const names: readonly (readonly string[])[] = [
  ['janvier', 'janv', 'jan', 'january'],
  ['fevrier', 'fevr', 'fev', 'feb', 'february'],
  ['mars', 'mar', 'march'],
  ['avril', 'avr', 'apr', 'april'],
  ['mai', 'may'],
  ['juin', 'jun', 'june'],
  ['juillet', 'juil', 'jul', 'july'],
  ['aout', 'aou', 'aug', 'august'],
  ['septembre', 'sept', 'sep', 'september'],
  ['octobre', 'oct', 'october'],
  ['novembre', 'nov', 'november'],
  ['decembre', 'dec', 'december']
]

const byName = new Map(names.flatMap((each, index) => each.map((name) => [name, index + 1] as const)))

/** The number of a month from its name in French or English, long or short. */
export const monthOf = (name: string): number | null => byName.get(fold(name)) ?? null
