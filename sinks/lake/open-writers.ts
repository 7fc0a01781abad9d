import { endsWithin } from '../../runtime/loop/stopping.ts'

const open = new Set<Promise<void>>()

/** Says that a writer of Silver is open in this process; to be called once it is closed. */
export function silverWriterOpened(): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  open.add(promise)
  return () => {
    open.delete(promise)
    resolve()
  }
}

/** Whether all writers of Silver of this process are closed within so many milliseconds: what shows Silver stops after them. */
export function silverWritersClosed(withinMs: number): Promise<boolean> {
  return open.size === 0 ? Promise.resolve(true) : endsWithin(Promise.all(open), withinMs)
}
