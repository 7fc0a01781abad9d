import type { Writable } from 'node:stream'

/** How far a table's load is. */
export interface Progress {
  /** What is being done, such as `extract`. */
  readonly step: string
  readonly rows: number
  /** How many there will be; null while that is not known. */
  readonly total: number | null
  readonly elapsedMs: number
}

const barCells = 20
const plainEveryMs = 5_000

/** One line: table, step, bar, rows, rows a second and the time that is left. */
export function progressLine(table: string, { step, rows, total, elapsedMs }: Progress): string {
  const perSecond = elapsedMs > 0 ? (rows * 1000) / elapsedMs : 0
  const count = (value: number) => Math.round(value).toLocaleString('en-US')
  const parts = [table.padEnd(12), step.padEnd(8)]
  if (total !== null) parts.push(bar(rows, total))
  parts.push(
    `${count(rows)}${total === null ? '' : ` of ${count(total)}`} rows`,
    `${count(perSecond)} rows/s`
  )
  if (total !== null && perSecond > 0) parts.push(`ETA ${clock(Math.max(0, total - rows) / perSecond)}`)
  return parts.join('  ')
}

function bar(rows: number, total: number): string {
  const share = total === 0 ? 1 : Math.min(1, rows / total)
  const full = Math.floor(share * barCells)
  return `[${'#'.repeat(full)}${'.'.repeat(barCells - full)}] ${String(Math.floor(share * 100)).padStart(3)} %`
}

/** Seconds as m:ss, or h:mm:ss from an hour on. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds)
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  const tail = String(whole % 60).padStart(2, '0')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${tail}` : `${minutes}:${tail}`
}

export interface ProgressOutput {
  readonly stream: Writable & { readonly isTTY?: boolean }
  readonly nowMs?: () => number
}

/** Shows one table's progress: a line that is written over at a terminal, a line now and then in a log. */
export class ProgressBar {
  readonly #table: string
  readonly #stream: ProgressOutput['stream']
  readonly #nowMs: () => number
  #shownMs: number
  #width = 0

  constructor(table: string, { stream, nowMs = () => performance.now() }: ProgressOutput) {
    this.#table = table
    this.#stream = stream
    this.#nowMs = nowMs
    this.#shownMs = nowMs()
  }

  show(progress: Progress): void {
    const line = progressLine(this.#table, progress)
    if (this.#stream.isTTY) {
      this.#stream.write(`\r${line.padEnd(this.#width)}`)
      this.#width = line.length
    } else if (this.#nowMs() - this.#shownMs >= plainEveryMs) {
      this.#stream.write(`${line}\n`)
      this.#shownMs = this.#nowMs()
    }
  }

  /** Leaves the terminal's line free for what follows. */
  end(): void {
    if (this.#width > 0) this.#stream.write(`\r${' '.repeat(this.#width)}\r`)
    this.#width = 0
  }
}
