/** Runs actions one after the other, in the order they were given, whatever becomes of the ones before. */
export type Queue = <R>(action: () => Promise<R>) => Promise<R>

/** A queue of its own: whoever shares it waits for each other. */
export function oneAtATime(): Queue {
  let last: Promise<unknown> = Promise.resolve()
  return (action) => {
    const next = last.then(action)
    last = next.catch(() => undefined)
    return next
  }
}
