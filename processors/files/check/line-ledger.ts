/** What became of each physical line of a file; every line is counted once. */
export class LineLedger {
  readonly lines = { header: 0, title: 0, blank: 0, footer: 0, good: 0, rejected: 0, repeated: 0 }
  readonly rows = { good: 0, rejected: 0, repeated: 0 }
  readonly footerLines: number[] = []

  /** Counts a row's lines under what it is. */
  take(
    is: keyof LineLedger['lines'],
    { line, lines }: { readonly line: number; readonly lines: number }
  ): void {
    this.lines[is] += lines
    if (is === 'good' || is === 'rejected' || is === 'repeated') this.rows[is]++
    if (is === 'footer') for (let at = line; at < line + lines; at++) this.footerLines.push(at)
  }

  get total(): number {
    return Object.values(this.lines).reduce((sum, count) => sum + count, 0)
  }
}
