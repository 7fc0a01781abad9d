/** The languages that operators are spoken to in. */
export type Language = 'en' | 'fr'

const minute = 60
const hour = 3600
const day = 86_400

/** A time as people say it: 12 s, 5 min, 10 h, 3 d 4 h. */
export function durationText(seconds: number, language: Language): string {
  const days = language === 'fr' ? 'j' : 'd'
  if (seconds < minute) return `${Math.round(seconds)} s`
  if (seconds < hour) return `${Math.floor(seconds / minute)} min`
  if (seconds < 2 * day) return joined([seconds / hour, 'h'], [(seconds % hour) / minute, 'min'])
  return joined([seconds / day, days], [(seconds % day) / hour, 'h'])
}

type Part = readonly [amount: number, unit: string]

const joined = (...parts: readonly Part[]) =>
  parts
    .map(([amount, unit]) => [Math.floor(amount), unit] as const)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount} ${unit}`)
    .join(' ')
