import type { Language } from '../topics/health/durations.ts'
import type { HealthReason, Notice, PipelineHealth } from '../topics/health/health.ts'
import { address } from './html.ts'

/** The one safe thing to do about a pipeline. */
export interface Advice {
  readonly text: string
  /** What does the same, or shows more, on the command line. */
  readonly command: string
  /** The page to open for it. */
  readonly href: string
  /** The section of the runbook or of the page on health. */
  readonly runbook: string
}

type Kind = 'read' | 'reach' | 'start' | 'watch' | 'room' | 'look' | 'wait' | 'letters' | 'deletes'

const kindOf: Readonly<Record<HealthReason, Kind>> = {
  failed: 'read',
  restarts: 'read',
  stopped: 'start',
  outOfReach: 'reach',
  neverStarted: 'look',
  starting: 'wait',
  noBatch: 'look',
  silent: 'start',
  nobodyReads: 'start',
  noProgress: 'look',
  gathering: 'wait',
  rewound: 'watch',
  fallsBack: 'room',
  catchesUp: 'wait',
  late: 'watch',
  lagUnknown: 'reach',
  ageUnknown: 'watch',
  inTime: 'wait'
}

const kindOfNotice: Readonly<Record<Notice['kind'], Kind>> = {
  deadLetters: 'letters',
  deletesRefused: 'deletes',
  notComputed: 'look',
  shownBehind: 'look'
}

const texts: Readonly<Record<Language, Readonly<Record<Kind, string>>>> = {
  en: {
    read: 'Correct what the error says; it is started again by itself, or start its process again.',
    reach: 'See which server does not answer. The pipeline goes on by itself.',
    start: 'Start it.',
    watch: 'Watch it: nothing to change yet.',
    room: 'Give it a process of its own.',
    look: 'Read its log, then start its process again: nothing is lost by that.',
    wait: 'Wait: it needs nobody.',
    letters: 'Look at what was set aside, then replay or dismiss it.',
    deletes: 'See whether the source is whole before anything is confirmed.'
  },
  fr: {
    read: 'Corriger ce que dit l’erreur ; il redémarre de lui-même, ou redémarrer son processus.',
    reach: 'Voir quel serveur ne répond pas. Le pipeline reprend de lui-même.',
    start: 'Le démarrer.',
    watch: 'L’observer : rien à changer pour l’instant.',
    room: 'Lui donner un processus à lui.',
    look: 'Lire son journal, puis redémarrer son processus : rien ne s’y perd.',
    wait: 'Attendre : il n’a besoin de personne.',
    letters: 'Regarder ce qui a été écarté, puis le rejouer ou le classer.',
    deletes: 'Voir si la source est entière avant de confirmer quoi que ce soit.'
  }
}

const commands: Readonly<Record<Kind, (pipeline: string) => string>> = {
  read: () => 'courant check',
  reach: () => 'courant doctor',
  start: (name) => `courant run ${name}`,
  watch: (name) => `courant lag ${name} --watch`,
  room: (name) => `courant run ${name}`,
  look: (name) => `courant lag ${name}`,
  wait: (name) => `courant lag ${name} --watch`,
  letters: (name) => `courant dlq show ${name}`,
  deletes: () => 'courant check'
}

/** What is to be done about a pipeline that needs somebody: about its worst first. */
export function adviceOf(health: PipelineHealth, language: Language): Advice {
  const { name, level, reason, notices } = health
  const [notice] = notices
  const kind = level === 'keepsUp' && notice ? kindOfNotice[notice.kind] : kindOf[reason]
  return {
    text: texts[language][kind],
    command: commands[kind](name),
    href: kind === 'letters' ? address(['d', name]) : address(['p', name]),
    runbook: '/runbook#by-symptom'
  }
}
