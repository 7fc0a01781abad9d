import type { Alerts } from './alerts.ts'
import type { Failure, Item, Spec, Writer } from '../pipeline.ts'
import { type Setting, wholeNumber } from '../settings.ts'

export const deadLetterClearMs: Setting = {
  env: 'COURANT_ALERTS_CLEAR_MS',
  describe: 'How long a pipeline must go without dead letters before new ones raise an alert again',
  default: '3600000',
  check: wholeNumber(1)
}

/** The same dead letters, which also raise `dead-letters/<pipeline>`. */
export function alertingDeadLetters(
  letters: Spec<Writer<Failure>>,
  { alerts, pipeline }: { alerts: Alerts; pipeline: string }
): Spec<Writer<Failure>> {
  return {
    ...letters,
    async open(context) {
      const writer = await letters.open(context)
      const clearAfterMs = context.settings.number(deadLetterClearMs)
      return {
        async write(items, options) {
          const result = await writer.write(items, options)
          alerts.raise(`dead-letters/${pipeline}`, {
            title: `${pipeline} set records aside`,
            text: `Look at them with \`courant dlq show ${pipeline}\`; nothing else waits for them.`,
            facts: { pipeline, records: String(items.length), reasons: reasonsOf(items) },
            clearAfterMs
          })
          return result
        },
        close: () => writer.close()
      }
    }
  }
}

const reasonsOf = (items: readonly Item<Failure>[]) =>
  [...new Set(items.map(({ value }) => value.error.code))].join(', ')
