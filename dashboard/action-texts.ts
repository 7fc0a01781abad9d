import type { Language } from '../topics/health/durations.ts'

const english = {
  preview: 'Nothing has been changed yet',
  replay: 'Replay',
  dismiss: 'Dismiss',
  reset: 'Reset offsets',
  replayWhat: 'Dead letters that are sent back to where they were read, for this pipeline only:',
  dismissWhat: 'Dead letters that wait no longer, without being sent; they stay in their topic:',
  cannot: 'Cannot be sent, and go on waiting:',
  rate: 'records a second:',
  reason: 'why',
  confirm: 'Confirm',
  expires: 'This preview holds for five minutes, once.',
  stale:
    'This preview has expired, was used already, or is none of this process: look again and confirm that.',
  foreign: 'This was not sent from a page of this server: nothing was done.',
  busy: 'Something is under way there already: see below.',
  needsReason: 'Say why: whoever finds it later must know.',
  notAllowed: 'You may look, and change nothing.',
  again: 'Records that are read again:',
  skipped: 'Records that are never read:',
  ownOffsets:
    'A sink that keeps offsets with its data starts from those, whatever its group says. Stop the pipeline in every process first.',
  stillRead: 'is being read by so many consumers, so that it cannot be reset: stop its pipeline first.',
  toStart: 'to the start',
  toEnd: 'to the end',
  toTime: 'to a time',
  nothing: 'There is nothing to do.',
  audit: 'audit',
  who: 'who',
  action: 'action',
  target: 'of what',
  previewed: 'previewed',
  result: 'result',
  state: 'state',
  unfinished: 'unfinished',
  done: 'done',
  failed: 'failed',
  running: 'Under way',
  stop: 'Stop',
  noAudit: 'Nobody has changed anything yet.',
  machine: 'where',
  from: 'from',
  to: 'to'
} as const

const french: Readonly<Record<keyof typeof english, string>> = {
  preview: 'Rien n’a encore été changé',
  replay: 'Rejouer',
  dismiss: 'Classer',
  reset: 'Déplacer les offsets',
  replayWhat: 'Lettres mortes renvoyées là où elles ont été lues, pour ce pipeline seul :',
  dismissWhat: 'Lettres mortes qui n’attendent plus, sans être envoyées ; elles restent dans leur topic :',
  cannot: 'Ne peuvent être envoyées et attendent encore :',
  rate: 'enregistrements par seconde :',
  reason: 'pourquoi',
  confirm: 'Confirmer',
  expires: 'Cet aperçu vaut cinq minutes, une fois.',
  stale:
    'Cet aperçu a expiré, a déjà servi ou n’est pas de ce processus : regarder de nouveau, puis confirmer.',
  foreign: 'Cela n’a pas été envoyé d’une page de ce serveur : rien n’a été fait.',
  busy: 'Quelque chose y est déjà en cours : voir ci-dessous.',
  needsReason: 'Dire pourquoi : qui le trouvera plus tard doit le savoir.',
  notAllowed: 'Vous pouvez regarder, sans rien changer.',
  again: 'Enregistrements relus :',
  skipped: 'Enregistrements jamais lus :',
  ownOffsets:
    'Une destination qui garde ses offsets avec ses données repart de ceux-là, quoi que dise son groupe. Arrêter d’abord le pipeline dans tous les processus.',
  stillRead:
    'est lu par autant de consommateurs, on ne peut donc le déplacer : arrêter d’abord son pipeline.',
  toStart: 'au début',
  toEnd: 'à la fin',
  toTime: 'à une heure',
  nothing: 'Il n’y a rien à faire.',
  audit: 'audit',
  who: 'qui',
  action: 'action',
  target: 'sur quoi',
  previewed: 'aperçu',
  result: 'résultat',
  state: 'état',
  unfinished: 'inachevé',
  done: 'fait',
  failed: 'échoué',
  running: 'En cours',
  stop: 'Arrêter',
  noAudit: 'Personne n’a encore rien changé.',
  machine: 'où',
  from: 'de',
  to: 'à'
}

/** What is said around actions. */
export const actionTexts: Readonly<Record<Language, Readonly<Record<keyof typeof english, string>>>> = {
  en: english,
  fr: french
}
