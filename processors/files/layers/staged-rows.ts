import { closeSync, openSync, writeSync } from 'node:fs'

const heldChars = 1 << 20

/**
 * Rows as text on disc, on their way to DuckDB: what is null is empty, all else is quoted, so that nothing of a value can
 * be taken for anything but itself.
 */
export class StagedRows {
  readonly file: string
  readonly #descriptor: number
  #held: string[] = []
  #chars = 0
  #rows = 0
  #longest = 0

  constructor(file: string) {
    this.file = file
    this.#descriptor = openSync(file, 'wx')
  }

  get rows(): number {
    return this.#rows
  }

  /** How many bytes a row takes at most. */
  get mostBytes(): number {
    // A UTF-16 unit is three bytes of UTF-8 at most.
    return this.#longest * 3 + 64
  }

  add(values: readonly (string | null)[], line: number): void {
    let text = ''
    for (const value of values) text += `${value === null ? '' : quoted(value)},`
    this.#held.push(`${text}${line}\n`)
    this.#rows++
    if (text.length > this.#longest) this.#longest = text.length
    this.#chars += text.length
    if (this.#chars > heldChars) this.#flush()
  }

  close(): void {
    this.#flush()
    closeSync(this.#descriptor)
  }

  #flush(): void {
    const bytes = Buffer.from(this.#held.join(''))
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#descriptor, bytes, at)
    this.#held = []
    this.#chars = 0
  }
}

const quoted = (value: string) => (value.includes('"') ? `"${value.replaceAll('"', '""')}"` : `"${value}"`)
