import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../pipeline.ts'
import { AlertState } from './alert-state.ts'
import { isAbort } from '../retry.ts'

/** What people are told: no value of a record and nothing of a person. */
export interface Alert {
  readonly title: string
  /** What happened and what to do. */
  readonly text: string
  readonly facts?: Readonly<Record<string, string>>
  /** The condition clears by itself once it was not raised for so long; absent when somebody clears it. */
  readonly clearAfterMs?: number
}

/**
 * Tells people of conditions: one message for each, however often it is raised, until it clears. Nothing here waits or
 * fails: what cannot be sent now is sent later, also by the next process.
 */
export interface Alerts {
  /** `condition` names what is wrong, such as `dead-letters/silver.users`. */
  raise(condition: string, alert: Alert): void
  /** The next raise sends a message again. */
  clear(condition: string): void
}

/** Sends one message; rejects when it was not taken. */
export type SendAlert = (alert: Alert, signal: AbortSignal) => Promise<void>

export interface AlertOptions {
  /** Where it is kept what was sent, so that a restart does not repeat it. */
  readonly folder: string
  /** Null when nobody is to be told; conditions are then only logged. */
  readonly send: SendAlert | null
  readonly log: Log
  readonly signal: AbortSignal
  readonly everyMs?: number
}

/** Alerts that outlive the process; they are sent until the signal. Where nothing can be kept they are only logged. */
export function durableAlerts({ folder, send, log, signal, everyMs = 1000 }: AlertOptions): Alerts {
  const guarded = <T>(action: () => T): T | null => {
    try {
      return action()
    } catch (error) {
      log.warn({ err: error }, 'an alert could not be kept')
      return null
    }
  }
  const state = guarded(() => AlertState.open(folder))
  if (state) void sendAll(state, { send, log, signal, everyMs, guarded })
  return {
    raise(condition, alert) {
      const isNew = guarded(() => state?.raise(condition, alert))
      if (isNew !== false) log.warn({ condition, ...alert.facts }, alert.title)
    },
    clear: (condition) => void guarded(() => state?.clear(condition))
  }
}

interface Sending extends Pick<AlertOptions, 'send' | 'log' | 'signal'> {
  readonly everyMs: number
  readonly guarded: <T>(action: () => T) => T | null
}

async function sendAll(state: AlertState, { send, log, signal, everyMs, guarded }: Sending): Promise<void> {
  while (!signal.aborted) {
    guarded(() => state.clearOld())
    for (const { condition, alert } of guarded(() => state.toSend()) ?? [])
      try {
        await send?.(alert, signal)
        guarded(() => state.sent(condition))
      } catch (error) {
        if (!isAbort(error)) log.warn({ err: error, condition }, 'an alert could not be sent, will try again')
      }
    // Unreferenced: waiting to tell somebody keeps no process alive.
    await wait(everyMs, undefined, { signal, ref: false }).catch(() => undefined)
  }
  // Left open: what the last batch raises is kept for the next process to send.
}
