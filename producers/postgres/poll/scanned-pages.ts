import type { KeyState } from '../../state/key-state.ts'
import type { ScannedPage } from './key-scan.ts'

const prefix = 'page '
const afterAll = '\u{10ffff}'

/**
 * Which transactions each page of a scan could see. The log, read from before the scan, says again what the pages
 * already showed, in older and older versions of a row; those changes are left out, so that no row goes back.
 */
export class ScannedPages {
  readonly #state: KeyState

  constructor(state: KeyState) {
    this.#state = state
  }

  /** Durable when it returns. */
  add({ upTo, snapshot }: ScannedPage): void {
    this.#state.saveNote(prefix + (upTo ?? afterAll), snapshot)
  }

  /** Whether the page that a key belongs to showed what a transaction did. */
  showed(key: string, xid: number): boolean {
    const snapshot = this.#state.firstNote(prefix + key, prefix + afterAll)
    return snapshot !== null && isVisible(xid, snapshot)
  }

  forget(): void {
    this.#state.forgetNotes(prefix, prefix + afterAll)
  }
}

/**
 * Whether a snapshot (`xmin:xmax:running,…` as pg_current_snapshot prints it) sees a transaction of which the log
 * gives 32 bits; they are completed to be the nearest to the snapshot.
 */
export function isVisible(xid32: number, snapshot: string): boolean {
  const [xmin = 0, xmax = 0] = snapshot.split(':', 2).map(Number)
  const running = (snapshot.split(':')[2] ?? '').split(',')
  const xid = nearest(xid32, xmax)
  return xid < xmin || (xid < xmax && !running.includes(String(xid)))
}

const epoch = 2 ** 32

function nearest(xid32: number, to: number): number {
  const same = Math.floor(to / epoch) * epoch + xid32
  if (same - to > epoch / 2) return same - epoch
  return to - same > epoch / 2 ? same + epoch : same
}
