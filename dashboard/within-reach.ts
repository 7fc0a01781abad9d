/** How long a page waits for Kafka: who looks is told then that it does not answer. */
const patienceMs = 10_000

/** Asks Kafka for a page, for no longer than somebody waits for one. */
export const withinReach = <T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> =>
  ask(AbortSignal.timeout(patienceMs))
