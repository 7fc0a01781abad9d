import { type ErrorCode, errorTable } from '../../runtime/errors.ts'
import { durationText, type Language } from './durations.ts'
import { english } from './english.ts'
import { french } from './french.ts'
import {
  healthLevels,
  type HealthLevel,
  type HealthReason,
  type Notice,
  type PipelineHealth
} from './health.ts'

/** What a sentence may name. */
interface Said {
  /** The code of the error, or empty. */
  readonly code: string
  /** What does not answer. */
  readonly server: string
  /** How long it has been so, or how far behind it is. */
  readonly time: string
  readonly promise: string
  /** What the code means and what to do, where the language has that. */
  readonly advice: string
}

type Server = 'kafka' | 'registry' | 'source' | 'target' | 'other'

/** Everything that is said of health in one language. */
export interface HealthTexts {
  readonly levels: Readonly<Record<HealthLevel, string>>
  readonly servers: Readonly<Record<Server, string>>
  readonly reasons: Readonly<Record<HealthReason, (said: Said) => string>>
  readonly notices: {
    readonly [K in Notice['kind']]: (amount: string, pipeline: string) => string
  }
  /** How many pipelines are of a level; names of some of them for those that need a look. */
  readonly counts: Readonly<Record<HealthLevel, (count: number) => string>>
  readonly allWell: (count: number) => string
  readonly none: string
  readonly but: string
  /** Between the counts. */
  readonly and: string
  readonly advice: (code: string) => string
}

const texts: Readonly<Record<Language, HealthTexts>> = { en: english, fr: french }

const serverOf: Readonly<Partial<Record<string, Server>>> = {
  TOPICS_UNAVAILABLE: 'kafka',
  REGISTRY_UNAVAILABLE: 'registry',
  SOURCE_UNAVAILABLE: 'source',
  TARGET_UNAVAILABLE: 'target'
}

/** Its level in a word or two. */
export const levelText = ({ level }: Pick<PipelineHealth, 'level'>, language: Language): string =>
  texts[language].levels[level]

/** Why a pipeline is as it is, and what to do; empty for one that keeps up. */
export function reasonText(health: PipelineHealth, language: Language): string {
  const { reason, code, seconds, promiseSeconds } = health
  const say = texts[language]
  return say.reasons[reason]({
    code: code ?? '',
    server: say.servers[serverOf[code ?? ''] ?? 'other'],
    time: seconds === null ? '' : durationText(seconds, language),
    promise: durationText(promiseSeconds, language),
    advice: code && code in errorTable ? adviceText(code as ErrorCode, language) : say.advice('')
  })
}

const adviceText = (code: ErrorCode, language: Language) =>
  language === 'en' ? errorTable[code].doc : texts[language].advice(code)

/** What else is to be said of a pipeline. */
export const noticeTexts = ({ name, notices }: PipelineHealth, language: Language): readonly string[] =>
  notices.map((notice) => {
    const amount =
      'seconds' in notice
        ? durationText(notice.seconds, language)
        : notice.count.toLocaleString(language === 'fr' ? 'fr-FR' : 'en-GB')
    return texts[language].notices[notice.kind](amount, name)
  })

const namesShown = 3

/** One sentence or two over all pipelines: what is worst comes first, and what is fine is counted. */
export function headline(all: readonly PipelineHealth[], language: Language): string {
  const say = texts[language]
  if (all.length === 0) return say.none
  const parts = healthLevels.flatMap((level) => {
    const names = all.filter((one) => one.level === level).map(({ name }) => name)
    if (names.length === 0) return []
    if (level === 'keepsUp') return names.length === all.length ? [] : [say.counts.keepsUp(names.length)]
    const shown = names.slice(0, namesShown).join(', ') + (names.length > namesShown ? '…' : '')
    return [`${say.counts[level](names.length)} (${shown})`]
  })
  const noticed = all.filter(({ notices }) => notices.length > 0)
  const notices = noticed.slice(0, namesShown).map(({ name }) => name)
  const but =
    notices.length > 0 ? ` ${say.but} ${notices.join(', ')}${noticed.length > namesShown ? '…' : ''}.` : ''
  return `${parts.length === 0 ? say.allWell(all.length) : `${parts.join(say.and)}.`}${but}`
}

/** Whether the headline is good news, bad news, or neither. */
export function headlineTone(all: readonly PipelineHealth[]): 'well' | 'unsure' | 'unwell' {
  const levels = new Set(all.map(({ level }) => level))
  if (levels.has('fails') || levels.has('stands') || levels.has('behind')) return 'unwell'
  const isUnsure = all.length === 0 || levels.has('unknown') || all.some(({ notices }) => notices.length > 0)
  return isUnsure ? 'unsure' : 'well'
}
