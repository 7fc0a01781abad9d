import { visible } from '../../runtime/process/visible-text.ts'

/** How often a line is printed where it cannot be written over, and how often it is where it can. */
const plainEveryMs = 15_000

interface Output {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** One line of progress that is written over at a terminal; elsewhere few of them, and none that says the same again. */
export class ProgressLine {
  readonly #output: Output
  readonly #now: () => number
  #shown = ''
  #printedAt = Number.NEGATIVE_INFINITY

  constructor(output: Output = process.stdout, now: () => number = () => performance.now()) {
    this.#output = output
    this.#now = now
  }

  /** Shows how far things are. */
  show(line: string): void {
    if (line === this.#shown) return
    if (this.#output.isTTY) {
      const width = (this.#output.columns ?? 80) - 1
      this.#output.write(`\r${visible(line).slice(0, width)}\u001b[K`)
      this.#shown = line
      return
    }
    if (this.#now() - this.#printedAt < plainEveryMs) return
    this.#printedAt = this.#now()
    this.#shown = line
    this.#output.write(`${visible(line)}\n`)
  }

  /** Takes the line away where it can be written over. */
  clear(): void {
    if (this.#output.isTTY && this.#shown !== '') this.#output.write('\r\u001b[K')
    this.#shown = ''
  }

  /** A line that stays; progress goes on below it. */
  say(line: string): void {
    this.clear()
    this.#output.write(`${visible(line)}\n`)
  }
}
