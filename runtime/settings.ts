import { readFileSync } from 'node:fs'
import { CourantError } from './errors.ts'
import { unacceptedRisks } from './process/production.ts'

/** One environment variable: what it is for, its default, and how its text is checked. */
export interface Setting {
  readonly env: string
  readonly describe: string
  readonly secret?: boolean
  readonly default?: string
  /** Says what is wrong with a text, or null when it is fine. */
  readonly check?: (text: string) => string | null
  /** What is too weak for production about it, given the others. */
  readonly risks?: (settings: Settings, env: Environment) => readonly Risk[]
}

/** What must not be in production without a word. */
export interface Risk {
  /** By which it is accepted. */
  readonly name: string
  /** What it is and what to do, without values. */
  readonly says: string
}

/** Reads declared settings; `<NAME>_FILE` names a file that holds the value, so that secrets need not be in the environment. */
export interface Settings {
  /** The text; throws CONFIG_INVALID when it is neither set nor has a default. */
  text(setting: Setting): string
  /** The text as a number. */
  number(setting: Setting): number
  /** The text, or null when it is not set and has no default. */
  optional(setting: Setting): string | null
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Checks a whole number within bounds. */
export const wholeNumber =
  (min: number, max = Number.MAX_SAFE_INTEGER) =>
  (text: string): string | null => {
    const value = Number(text)
    return Number.isInteger(value) && value >= min && value <= max
      ? null
      : `must be a whole number from ${min} to ${max}`
  }

/** Checks one of a few words. */
export const oneOf =
  (...words: string[]) =>
  (text: string): string | null =>
    words.includes(text) ? null : `must be one of ${words.join(', ')}`

export function settingsFrom(env: Environment): Settings {
  const orRefused = (setting: Setting, { text, problem }: Found) => {
    if (problem) throw new CourantError('CONFIG_INVALID', `${setting.env} ${problem}`)
    return text
  }
  const settings: Settings = {
    optional: (setting) => orRefused(setting, lookUp(setting, env)),
    text: (setting) => orRefused(setting, checked(setting, env)) ?? '',
    number: (setting) => Number(settings.text(setting))
  }
  return settings
}

/** Throws one CONFIG_INVALID that lists every bad or missing key, before anything connects. */
export function checkSettings(settings: readonly Setting[], env: Environment): void {
  const unique = new Map(settings.map((setting) => [setting.env, setting]))
  const problems = [...unique.values()].flatMap((setting) => {
    const { problem } = checked(setting, env)
    return problem ? [`${setting.env} ${problem} (${setting.describe})`] : []
  })
  // What cannot be read is said first: what follows from it would be guessed.
  if (problems.length === 0)
    problems.push(...unacceptedRisks([...unique.values()], { env, read: settingsFrom(env) }))
  if (problems.length > 0)
    throw new CourantError('CONFIG_INVALID', `Correct these settings:\n  ${problems.join('\n  ')}`)
}

/** The text of a setting, null when it is not set, and what is wrong with it. */
interface Found {
  readonly text: string | null
  readonly problem: string | null
}

function lookUp(setting: Setting, env: Environment): Found {
  const text = env[setting.env]
  if (text !== undefined && text !== '') return { text, problem: null }
  const name = `${setting.env}_FILE`
  const file = env[name]
  return file ? fromFile(file, name) : { text: setting.default ?? null, problem: null }
}

function fromFile(file: string, name: string): Found {
  try {
    return { text: readFileSync(file, 'utf8').trimEnd(), problem: null }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const problem = `cannot be read from ${file} (${code}): correct the path in ${name}, or the rights of the file`
    return { text: null, problem }
  }
}

/** What is in the file that a setting names; CONFIG_INVALID names the setting when the file cannot be read. */
export function fileNamedBy({ env }: Setting, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const problem = `${env} cannot be read: ${path} (${code}): correct the path or the rights of the file`
    throw new CourantError('CONFIG_INVALID', problem, { cause })
  }
}

function checked(setting: Setting, env: Environment): Found {
  const { text, problem } = lookUp(setting, env)
  if (problem) return { text, problem }
  if (text === null) return { text, problem: 'is not set' }
  return { text, problem: setting.check?.(text) ?? null }
}
