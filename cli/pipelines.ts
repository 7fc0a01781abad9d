import { cassandraProducers } from '../producers/cassandra/index.ts'
import { postgresProducers } from '../producers/postgres/index.ts'
import { processors } from '../processors/index.ts'
import { CourantError } from '../runtime/errors.ts'
import type { AnyPipeline } from '../runtime/pipeline.ts'
import { goldPipeline } from '../sinks/gold/index.ts'
import { lakeSinks } from '../sinks/index.ts'

/** Every pipeline, in the order data flows. */
export const pipelines: readonly AnyPipeline[] = [
  ...postgresProducers,
  ...cassandraProducers,
  ...processors,
  ...lakeSinks,
  goldPipeline
]

/** The pipelines that names or patterns such as `silver.*` mean, all when there are none; an unknown name is refused. */
export function pipelinesNamed(patterns: readonly string[]): readonly AnyPipeline[] {
  if (patterns.length === 0) return pipelines
  const unknown = patterns.filter((pattern) => !pipelines.some(({ name }) => matches(name, pattern)))
  if (unknown.length > 0)
    throw new CourantError(
      'CONFIG_INVALID',
      `No pipeline is named ${unknown.join(', ')}; \`courant list\` shows them all`
    )
  return pipelines.filter(({ name }) => patterns.some((pattern) => matches(name, pattern)))
}

function matches(name: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
  return new RegExp(`^${parts.join('.*')}$`).test(name)
}
