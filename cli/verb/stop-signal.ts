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

/** Resolves once the signal is aborted, were it before. */
export async function untilStopped(signal: AbortSignal): Promise<void> {
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
}

/** How long a process whose work is over waits for connections that do not close. */
const lingerMs = 2_000

/** Lets nothing that was left behind, such as a query nobody answers, hold a process whose work is over. */
export function endSoon(): void {
  setTimeout(() => process.exit(), lingerMs).unref()
}
