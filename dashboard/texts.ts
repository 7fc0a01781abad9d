import type { Language } from '../topics/health/durations.ts'

const english = {
  title: 'Courant: pipelines',
  pipeline: 'pipeline',
  health: 'health',
  read: 'read',
  written: 'written',
  held: 'held',
  rejected: 'rejected',
  dead: 'dead letters',
  perSecond: 'per second',
  lag: 'lag',
  lagSeconds: 'behind by',
  lastBatch: 'last batch',
  unknown: 'unknown',
  asOf: 'As of',
  refreshed: 'This page asks again every two seconds.',
  runbook: 'What to do is in docs/operations/runbook.md.'
} as const

/** Every text of the page, by name. */
export type Texts = Readonly<Record<keyof typeof english, string>>

const french: Texts = {
  title: 'Courant : pipelines',
  pipeline: 'pipeline',
  health: 'état',
  read: 'lus',
  written: 'écrits',
  held: 'en mémoire',
  rejected: 'rejetés',
  dead: 'lettres mortes',
  perSecond: 'par seconde',
  lag: 'retard',
  lagSeconds: 'en retard de',
  lastBatch: 'dernier lot',
  unknown: 'inconnu',
  asOf: 'Situation au',
  refreshed: 'Cette page se rafraîchit toutes les deux secondes.',
  runbook: 'Que faire : docs/operations/runbook.md.'
}

export const texts: Readonly<Record<Language, Texts>> = { en: english, fr: french }

/** What is said of a pipeline that another process runs. */
export const elsewhereTexts: Readonly<Record<Language, (process: string, ago: string) => string>> = {
  en: (process, ago) =>
    `Another process runs it (${process}) and said so ${ago}; figures are on its own page.`,
  fr: (process, ago) =>
    `Un autre processus le fait tourner (${process}) et l’a dit ${ago} ; les chiffres sont sur sa page.`
}

/** So long ago, as a language says it. */
export const agoText = (time: string, language: Language): string =>
  language === 'fr' ? `il y a ${time}` : `${time} ago`

/** French when the browser asks for it first (RFC 9110, section 12.5.4) or the address says so, else English. */
export function languageOf(
  query: string | readonly string[] | undefined,
  acceptLanguage: string | undefined
): Language {
  const asked = query ?? acceptLanguage ?? ''
  return String(asked).trim().toLowerCase().startsWith('fr') ? 'fr' : 'en'
}
