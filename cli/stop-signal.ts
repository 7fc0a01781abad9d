export interface StopSignal {
  readonly signal: AbortSignal
  stop(): void
}

/** A signal that SIGINT or SIGTERM aborts; a second one ends the process at once. */
export function untilStopSignal(): StopSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143)
      controller.abort()
    })
  return { signal: controller.signal, stop: () => controller.abort() }
}
