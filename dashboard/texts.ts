/** The languages the operator page speaks. */
export type Language = 'en' | 'fr'

const english = {
  title: 'Courant: pipelines',
  pipeline: 'pipeline',
  state: 'state',
  read: 'read',
  written: 'written',
  rejected: 'rejected',
  dead: 'dead letters',
  perSecond: 'per second',
  lag: 'lag',
  lagSeconds: 'behind by',
  lastBatch: 'last batch',
  unknown: 'unknown',
  ago: 's ago',
  starting: 'starting',
  running: 'running',
  waiting: 'waiting',
  stopped: 'stopped',
  failed: 'failed',
  asOf: 'As of',
  refreshed: 'This page asks again every two seconds.',
  allWell: 'Everything runs.',
  notYet: 'Something is starting.',
  outOfReach: 'Something is out of reach: what waits for it goes on by itself once it answers.',
  notWell: 'Something needs you.'
} as const

/** Every text of the page, by name. */
export type Texts = Readonly<Record<keyof typeof english, string>>

const french: Texts = {
  title: 'Courant : pipelines',
  pipeline: 'pipeline',
  state: 'état',
  read: 'lus',
  written: 'écrits',
  rejected: 'rejetés',
  dead: 'lettres mortes',
  perSecond: 'par seconde',
  lag: 'retard',
  lagSeconds: 'en retard de',
  lastBatch: 'dernier lot',
  unknown: 'inconnu',
  ago: 's',
  starting: 'démarrage',
  running: 'en marche',
  waiting: 'en attente',
  stopped: 'arrêté',
  failed: 'en échec',
  asOf: 'Situation au',
  refreshed: 'Cette page se rafraîchit toutes les deux secondes.',
  allWell: 'Tout fonctionne.',
  notYet: 'Démarrage en cours.',
  outOfReach: 'Un service est injoignable : les pipelines en attente reprendront seuls dès qu’il répondra.',
  notWell: 'Une intervention est nécessaire.'
}

export const texts: Readonly<Record<Language, Texts>> = { en: english, fr: french }

/** French when the browser asks for it first (RFC 9110, section 12.5.4) or the address says so, else English. */
export function languageOf(
  query: string | readonly string[] | undefined,
  acceptLanguage: string | undefined
): Language {
  const asked = query ?? acceptLanguage ?? ''
  return String(asked).trim().toLowerCase().startsWith('fr') ? 'fr' : 'en'
}
