/**
 * Calls back once when the npm that runs us as a script is gone, kill -9 included: nobody is left then to stop us.
 * Started in any other way, a process may well outlive its parent, and nothing is watched.
 */
export function stoppedByNpm(onGone: () => void): void {
  if (process.env['npm_lifecycle_event'] === undefined) return
  watchParent(onGone)
}

/** Calls back once when the process that started us is gone; does not keep this process alive. */
export function watchParent(onGone: () => void): void {
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    onGone()
  }, 500)
  watch.unref()
}
