import type { Context, Position } from '../../runtime/pipeline.ts'
import { type Environment, settingsFrom } from '../../runtime/settings.ts'

export interface TestContext extends Context {
  /** Sums of what was counted, by metric name. */
  readonly counted: Map<string, number>
  /** What was logged at warn or above. */
  readonly warnings: string[]
}

/** A context of its own for each test, so that no position leaks from one to the next. */
export function testContext(env: Environment = process.env, pipeline = 'test'): TestContext {
  let saved: Position | null = null
  const counted = new Map<string, number>()
  const warnings: string[] = []
  const warn = (_fields: object, message: string) => void warnings.push(message)
  return {
    pipeline,
    settings: settingsFrom(env),
    log: { debug: () => undefined, info: () => undefined, warn, error: warn },
    counted,
    warnings,
    metrics: {
      count: (name, by = 1) => void counted.set(name, (counted.get(name) ?? 0) + by),
      gauge: () => undefined
    },
    now: () => new Date(),
    positions: {
      load: async () => saved,
      save: async (position) => {
        saved = position
      }
    }
  }
}
