import type { Command } from 'commander'
import { CourantError } from '../runtime/errors.ts'
import { mapAtOnce } from '../runtime/loop/map-at-once.ts'
import { MetricsRegistry, createLog } from '../runtime/observability.ts'
import type { AnyPipeline } from '../runtime/pipeline.ts'
import { contextFor, settingsOf } from '../runtime/loop/run-all.ts'
import { redacted } from '../runtime/process/redact.ts'
import { retryWithin } from '../runtime/retry.ts'
import { planSettings } from '../topics/plan.ts'
import { unknownSettings } from './all-settings.ts'
import { print } from './verb/output.ts'
import { pipelinesNow } from './pipelines.ts'
import { topicsToChange } from './topics.ts'
import { withConnection } from './verb/with-connection.ts'

/** Each may open a connection of its own. */
const checksAtOnce = 8

/** How long a server that does not answer is asked again. */
const patienceMs = 5_000

/** `courant check [pipelines…]`: settings, topics, schemas and sources, before anything runs; changes nothing. */
export function checkCommand(program: Command): void {
  program
    .command('check')
    .argument('[pipelines...]')
    .option('--json', 'for machines')
    .action(async (names: string[], { json = false }: { json?: boolean }) => {
      const { pipelines, ...found } = await pipelinesNow(names)
      const problems = await withConnection(
        async (connection, settings) => [
          ...unknownSettings(process.env),
          ...found.problems,
          ...found.unknown,
          ...(await topicsToChange(connection, settings).catch(sentenceOf)),
          ...(await mapAtOnce(pipelines, checksAtOnce, problemsOf)).flat()
        ],
        [...settingsOf(pipelines), ...planSettings]
      )
      process.exitCode = problems.length === 0 ? 0 : 1
      if (json)
        print(redacted(JSON.stringify({ pipelines: pipelines.map(({ name }) => name), problems }, null, 2)))
      else tell(problems, pipelines.length)
    })
}

function tell(problems: readonly string[], count: number): void {
  for (const problem of problems) print(redacted(problem))
  const many = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  print(problems.length === 0 ? `${count} pipelines can run.` : `\n${many}.`)
}

/** Kafka or the registry out of reach is one problem among others: the sources are looked at all the same. */
function sentenceOf(error: unknown): string[] {
  if (error instanceof CourantError) return [error.message]
  throw error
}

/** What the ends of a pipeline find wrong in the outside world. */
async function problemsOf({ name, from, to }: AnyPipeline): Promise<string[]> {
  const context = contextFor(name, {
    env: process.env,
    logger: createLog('silent'),
    metrics: new MetricsRegistry()
  })
  const problems: string[] = []
  for (const end of [from, to])
    try {
      await retryWithin(async () => end.check?.(context), { withinMs: patienceMs })
    } catch (error) {
      problems.push(error instanceof Error ? `${name}: ${error.message}` : `${name}: ${String(error)}`)
    }
  return problems
}
