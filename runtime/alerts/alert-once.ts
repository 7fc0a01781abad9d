import { AlertState } from './alert-state.ts'
import type { Alert, AlertOptions } from './alerts.ts'

/** A condition that holds, with what to say of it, or that does not hold (`alert` is null). */
export interface ConditionNow {
  readonly name: string
  readonly alert: Alert | null
}

/**
 * For a command that looks and ends: notes which conditions hold, and sends what people have not been told yet. Gives
 * the names of those it told of; what could not be sent is sent by the next look, or by any process that alerts.
 */
export async function alertOnce(
  conditions: readonly ConditionNow[],
  { folder, send, log, signal }: AlertOptions
): Promise<readonly string[]> {
  const state = AlertState.open(folder)
  try {
    for (const { name, alert } of conditions)
      if (alert) state.raise(name, alert)
      else state.clear(name)
    state.clearOld()
    const told: string[] = []
    for (const { condition, alert } of state.toSend())
      try {
        await send?.(alert, signal)
        state.sent(condition)
        if (send) told.push(condition)
      } catch (error) {
        log.warn({ err: error, condition }, 'an alert could not be sent, the next look will try again')
      }
    return told
  } finally {
    state.close()
  }
}
