import { cassandraProducers } from '../producers/cassandra/index.ts'
import { applicationSource } from '../producers/applications/application-source.ts'
import { applicationsProducer } from '../producers/applications/index.ts'
import { postgresProducers } from '../producers/postgres/index.ts'
import { claimApplicationDocuments } from '../processors/claim-application-documents.ts'
import { processors } from '../processors/index.ts'
import { CourantError } from '../runtime/errors.ts'
import type { AnyPipeline } from '../runtime/pipeline.ts'
import type { Environment } from '../runtime/settings.ts'
import { azureSinks } from '../sinks/azure-blob/index.ts'
import { goldPipeline } from '../sinks/gold/index.ts'
import { lakeSinks } from '../sinks/index.ts'
import { tableList } from '../schemas/tables.ts'
import { nearest } from './nearest.ts'
import { howToSwitchOn, isOn, namedSystems, systemOf, systems } from './systems.ts'

/** Every pipeline, in the order data flows. */
export const pipelines: readonly AnyPipeline[] = [
  ...postgresProducers,
  ...cassandraProducers,
  applicationsProducer,
  claimApplicationDocuments(applicationSource),
  ...processors,
  ...lakeSinks,
  goldPipeline,
  ...azureSinks
]

/**
 * The pipelines that names or patterns such as `silver.*` mean; all when there are none. Patterns mean only those of
 * systems that are on, a full name any. An unknown name is refused.
 */
export function pipelinesNamed(
  patterns: readonly string[],
  env: Environment = process.env
): readonly AnyPipeline[] {
  refuseUnknownSystems(env)
  const on = pipelines.filter((pipeline) => runs(pipeline, env))
  if (patterns.length === 0) return on
  const meantBy = (pattern: string) =>
    pattern.includes('*') ? on.filter(({ name }) => matches(name, pattern)) : named(pattern)
  const empty = patterns.filter((pattern) => meantBy(pattern).length === 0)
  if (empty.length > 0)
    throw new CourantError(
      'CONFIG_INVALID',
      [
        `No pipeline is named ${empty.join(', ')}${meantInstead(empty)}; \`courant list\` shows them all`,
        ...whatIsOff(env)
      ].join('. ')
    )
  const meant = new Set(patterns.flatMap(meantBy))
  return pipelines.filter((pipeline) => meant.has(pipeline))
}

/** The names that come near, also of systems that are off: a full name runs whatever is on. */
function meantInstead(unknown: readonly string[]): string {
  const near = unknown.flatMap((name) =>
    nearest(
      name,
      pipelines.map((pipeline) => pipeline.name)
    )
  )
  return near.length > 0 ? ` (did you mean ${[...new Set(near)].join(', ')}?)` : ''
}

/** Whether a pipeline runs when none is named. Gold also publishes the Silver views, so it runs with any table. */
export function runs(pipeline: AnyPipeline, env: Environment, tables = tableList): boolean {
  const domains = pipeline === goldPipeline ? tables.map(({ domain }) => domain) : []
  return [systemOf(pipeline), ...domains].some((system) => isOn(system, env))
}

/** A sentence for each system that is off, with how to switch it on. */
export function whatIsOff(env: Environment): readonly string[] {
  return allSystems.filter((system) => !isOn(system, env)).map((system) => howToSwitchOn(system, env))
}

const allSystems: readonly string[] = [...new Set(pipelines.map(systemOf))]

function refuseUnknownSystems(env: Environment): void {
  const unknown = namedSystems(env).filter((name) => !allSystems.includes(name))
  if (unknown.length === 0) return
  const problem = `${systems.env} names ${unknown.join(', ')}, which is none of ${allSystems.join(', ')}`
  throw new CourantError('CONFIG_INVALID', problem)
}

const named = (name: string) => pipelines.filter((pipeline) => pipeline.name === name)

function matches(name: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`).test(name)
}
