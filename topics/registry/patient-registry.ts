import { retryWithin } from '../../runtime/retry.ts'
import type { Registry } from './registry.ts'

interface Patience {
  /** How long a request that fails for a reason that passes is tried again. */
  readonly withinMs: number
  /** Requests in flight at once; a cold registry answers few quickly and many not at all. */
  readonly atOnce?: number
}

/** A registry that is asked little at once, and again where it fails for a moment: for commands that ask for everything. */
export function patientRegistry(registry: Registry, { withinMs, atOnce = 3 }: Patience): Registry {
  const waiting: (() => void)[] = []
  let free = atOnce
  const inTurn = async <T>(request: () => Promise<T>): Promise<T> => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await retryWithin(request, { withinMs })
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
  return {
    idOf: (subject, schema) => inTurn(() => registry.idOf(subject, schema)),
    typeOf: (id, subject) => inTurn(() => registry.typeOf(id, subject)),
    versionsOf: (subject) => inTurn(() => registry.versionsOf(subject)),
    register: (subject, schema) => inTurn(() => registry.register(subject, schema))
  }
}
