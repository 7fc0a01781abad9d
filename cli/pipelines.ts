import { CourantError } from '../runtime/errors.ts'
import type { AnyPipeline } from '../runtime/pipeline.ts'
import { sharedSettings } from '../runtime/loop/run-all.ts'
import type { Environment } from '../runtime/settings.ts'
import {
  howToSwitchOn,
  isOn,
  type LoadedSystem,
  loadedSystems,
  namedSystems,
  systemsSetting
} from '../systems/loaded.ts'
import type { Discovered } from '../systems/system.ts'
import { type DeclaredTopic, deadLetterTopic } from '../topics/catalogue.ts'
import { auditTopic } from '../topics/audit-topic.ts'
import { statusTopic } from '../topics/health/status-topic.ts'
import { nearest } from './nearest.ts'

/** A pipeline and the system it is of. */
interface OwnedPipeline {
  readonly pipeline: AnyPipeline
  readonly system: LoadedSystem
}

/** Every pipeline that is declared, in the order data flows. */
export const pipelines: readonly AnyPipeline[] = loadedSystems.flatMap((system) => system.pipelines ?? [])

/** Every topic that is declared with what is in it. */
export const declaredTopics: readonly DeclaredTopic[] = loadedSystems.flatMap(({ topics }) => topics ?? [])

/** Gauges of a name of their own for the age of the oldest unread record, by pipeline. */
export const ageGauges: Readonly<Record<string, string>> = Object.assign(
  {},
  ...loadedSystems.map((system) => system.ageGauges)
)

const declared: readonly OwnedPipeline[] = loadedSystems.flatMap((system) =>
  (system.pipelines ?? []).map((pipeline) => ({ pipeline, system }))
)

/** All that is declared, for pages to look into. */
export const declaredForPages = {
  pipelines,
  topics: [statusTopic, auditTopic, ...declaredTopics, ...pipelines.map(({ name }) => deadLetterTopic(name))],
  systemOf: (name: string): string =>
    (
      declared.find(({ pipeline }) => pipeline.name === name)?.system ??
      loadedSystems.find(({ runTime }) => runTime?.owns(name))
    )?.name ?? ''
}

/** What is known of all systems now: what is declared, and of those that are on what they tell at run time. */
export interface Known {
  readonly all: readonly OwnedPipeline[]
  /** Their topics, dead letters among them. */
  readonly topics: readonly DeclaredTopic[]
  /** Those that the systems which are on need, and no others: a cluster of somebody's own is not filled with the sample's. */
  readonly needed: readonly DeclaredTopic[]
  /** What is wrong with pipelines that only run time tells of, a sentence each. */
  readonly problems: readonly string[]
  /** Why those of a system are not known, a sentence each. */
  readonly unknown: readonly string[]
}

/** Asks the systems that are on which pipelines they have beside those that are declared. */
export async function knownNow(env: Environment = process.env): Promise<Known> {
  refuseUnknownSystems(env)
  const asked = await Promise.all(loadedSystems.map((system) => partsNow(system, env)))
  const topicsOf = (parts: typeof asked) =>
    parts.flatMap(({ topics, pipelines: own }) => [
      ...topics,
      ...own.map(({ name }) => deadLetterTopic(name))
    ])
  return {
    all: asked.flatMap(({ system, pipelines: own }) => own.map((pipeline) => ({ pipeline, system }))),
    topics: [statusTopic, auditTopic, ...topicsOf(asked)],
    needed: [statusTopic, auditTopic, ...topicsOf(asked.filter(({ system }) => isOn(system, env)))],
    problems: asked.flatMap(({ system, problems }) => problems.map((one) => `${system.name}: ${one}`)),
    unknown: asked.flatMap(({ system, unknown }) =>
      unknown === undefined ? [] : [`${system.name}: its pipelines are unknown. ${unknown}`]
    )
  }
}

const nothing: Discovered = { pipelines: [], topics: [], problems: [] }

async function partsNow(system: LoadedSystem, env: Environment) {
  const { runTime, pipelines: own = [], topics = [] } = system
  const found = runTime && isOn(system, env) ? await runTime.discover(sharedSettings(env)) : nothing
  return {
    system,
    ...found,
    pipelines: [...own, ...found.pipelines],
    topics: [...topics, ...found.topics]
  }
}

/**
 * The declared pipelines that names or patterns such as `silver.*` mean; all when there are none. Patterns mean only
 * those of systems that are on, a full name any. An unknown name is refused.
 */
export function pipelinesNamed(
  patterns: readonly string[],
  env: Environment = process.env
): readonly AnyPipeline[] {
  for (const { runTime } of loadedSystems) {
    const theirs = runTime && patterns.find((pattern) => !pattern.includes('*') && runTime.owns(pattern))
    if (theirs !== undefined && !declared.some(({ pipeline }) => pipeline.name === theirs))
      throw new CourantError('CONFIG_INVALID', `${theirs} is run by ${runTime?.runBy}`)
  }
  return chosenOf(declared, patterns, env)
}

/** The same of all pipelines that there are now; what cannot be told is in `unknown`. */
export async function pipelinesNow(
  patterns: readonly string[],
  env: Environment = process.env
): Promise<{ readonly pipelines: readonly AnyPipeline[] } & Pick<Known, 'problems' | 'unknown'>> {
  const isDeclared = (name: string) => declared.some(({ pipeline }) => pipeline.name === name)
  if (patterns.length > 0 && patterns.every(isDeclared))
    return { pipelines: chosenOf(declared, patterns, env), problems: [], unknown: [] }
  const { all, problems, unknown } = await knownNow(env)
  try {
    return { pipelines: chosenOf(all, patterns, env), problems, unknown }
  } catch (error) {
    if (!(error instanceof CourantError) || unknown.length === 0) throw error
    throw new CourantError(error.code, [error.message, ...unknown].join('. '))
  }
}

function chosenOf(
  all: readonly OwnedPipeline[],
  patterns: readonly string[],
  env: Environment
): readonly AnyPipeline[] {
  refuseUnknownSystems(env)
  const on = all.filter(({ system }) => isOn(system, env))
  if (patterns.length === 0) return on.map(({ pipeline }) => pipeline)
  const meantBy = (pattern: string) =>
    pattern.includes('*')
      ? on.filter(({ pipeline }) => matches(pipeline.name, pattern))
      : all.filter(({ pipeline }) => pipeline.name === pattern)
  const empty = patterns.filter((pattern) => meantBy(pattern).length === 0)
  if (empty.length > 0)
    throw new CourantError(
      'CONFIG_INVALID',
      [
        `No pipeline is named ${empty.join(', ')}${meantInstead(empty, all)}; \`courant list\` shows them all`,
        ...whatIsOff(env)
      ].join('. ')
    )
  const meant = new Set(patterns.flatMap(meantBy))
  return all.filter((one) => meant.has(one)).map(({ pipeline }) => pipeline)
}

/** The names that come near, also of systems that are off: a full name runs whatever is on. */
function meantInstead(unknown: readonly string[], all: readonly OwnedPipeline[]): string {
  const names = all.map(({ pipeline }) => pipeline.name)
  const near = unknown.flatMap((name) => nearest(name, names))
  return near.length > 0 ? ` (did you mean ${[...new Set(near)].join(', ')}?)` : ''
}

/** A sentence for each system of pipelines that is off, with how to switch it on. */
export function whatIsOff(env: Environment): readonly string[] {
  return withPipelines.filter((system) => !isOn(system, env)).map((system) => howToSwitchOn(system, env))
}

const withPipelines = loadedSystems.filter(
  (system) => (system.pipelines ?? []).length > 0 || system.runTime !== undefined
)

function refuseUnknownSystems(env: Environment): void {
  const names = withPipelines.map(({ name }) => name)
  const unknown = namedSystems(env).filter((name) => !names.includes(name))
  if (unknown.length === 0) return
  const problem = `${systemsSetting.env} names ${unknown.join(', ')}, which is none of ${names.join(', ')}`
  throw new CourantError('CONFIG_INVALID', problem)
}

function matches(name: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`).test(name)
}
