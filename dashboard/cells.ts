import { durationText, type Language } from '../topics/health/durations.ts'
import { agoText, texts } from './texts.ts'

/** In which language, and at what moment, something is said. */
export interface Writing {
  readonly language: Language
  readonly at: Date
}

/** A number as the language writes it; what is unknown is said to be. */
export const number = (value: number | null, { language }: Pick<Writing, 'language'>): string =>
  value === null
    ? texts[language].unknown
    : new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(value)

/** How long ago it was. */
export function ago(then: Date | null, { language, at }: Writing): string {
  if (then === null) return texts[language].unknown
  return agoText(durationText(Math.max(0, (at.getTime() - then.getTime()) / 1000), language), language)
}

/** A length of time, or that it is unknown. */
export const duration = (seconds: number | null, { language }: Pick<Writing, 'language'>): string =>
  seconds === null ? texts[language].unknown : durationText(seconds, language)
