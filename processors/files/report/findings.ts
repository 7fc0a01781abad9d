import { appendFileSync, closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../../../runtime/files/temporary-folder.ts'
import { levelOf } from './catalogue.ts'
import type { Finding } from './finding.ts'

const mostHeld = 5_000
const mostLines = 1_000
const mostValues = 50

/**
 * All findings of a file. Those of single rows are kept one by one, on disc beyond some thousands; others are joined by
 * code and column, with how often and where.
 */
export class Findings {
  private readonly joined = new Map<string, JoinedFinding>()
  private held: Finding[] = []
  private spill: { folder: string; file: string } | null = null
  private readonly counts = new Map<Finding['code'], number>()

  /** Takes a finding as it is made. */
  readonly add = (finding: Finding): void => {
    this.counts.set(finding.code, (this.counts.get(finding.code) ?? 0) + (finding.count ?? 1))
    if (levelOf(finding.code) === 'row' || finding.line === undefined || finding.count !== undefined)
      return this.keep(finding)
    const key = `${finding.code}\n${finding.column ?? ''}\n${finding.kind ?? ''}`
    const known = this.joined.get(key)
    if (known) known.take(finding)
    else this.joined.set(key, new JoinedFinding(finding))
  }

  /** How many there are of a code. */
  count(code: Finding['code']): number {
    return this.counts.get(code) ?? 0
  }

  /** Codes with how often they were found. */
  get byCode(): ReadonlyMap<Finding['code'], number> {
    return this.counts
  }

  /** All of them: what concerns the whole file first, then by line. */
  *all(): Generator<Finding> {
    for (const finding of this.held) if (finding.line === undefined) yield finding
    for (const each of this.joined.values()) yield each.finding()
    if (this.spill) {
      // A line is one finding, and is let go of before the next one.
      for (const line of linesIn(this.spill.file)) yield JSON.parse(line) as Finding
    }
    for (const finding of this.held) if (finding.line !== undefined) yield finding
  }

  /** Removes what was put on disc. */
  close(): void {
    if (this.spill) rmSync(this.spill.folder, { recursive: true, force: true })
    this.spill = null
  }

  private keep(finding: Finding): void {
    this.held.push(finding)
    if (this.held.length > mostHeld) this.spillRows()
  }

  private spillRows(): void {
    if (!this.spill) {
      const folder = mkdtempSync(join(temporaryFolder(), 'findings-'))
      this.spill = { folder, file: join(folder, 'findings.ndjson') }
    }
    const rows = this.held.filter(({ line }) => line !== undefined)
    this.held = this.held.filter(({ line }) => line === undefined)
    appendFileSync(this.spill.file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  }
}

class JoinedFinding {
  private readonly first: Finding
  private count = 0
  private readonly lines: number[] = []
  private readonly values = new Set<string>()

  constructor(first: Finding) {
    this.first = first
    this.take(first)
  }

  take({ line, value, values }: Finding): void {
    this.count++
    // Details stand for values where a finding has them.
    if (values) for (const detail of values) if (this.values.size < mostValues) this.values.add(detail)
    if (line !== undefined && this.lines.length < mostLines) this.lines.push(line)
    if (values === undefined && value !== undefined && this.values.size < mostValues) this.values.add(value)
  }

  finding(): Finding {
    const values = [...this.values]
    return { ...this.first, count: this.count, lines: this.lines, ...(values.length > 0 && { values }) }
  }
}

/** The lines of a file, of which only a part is in memory. */
function* linesIn(file: string): Generator<string> {
  const descriptor = openSync(file, 'r')
  try {
    const buffer = Buffer.alloc(1 << 20)
    let rest: Buffer = Buffer.alloc(0)
    for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer)) {
      const whole = Buffer.concat([rest, buffer.subarray(0, read)])
      const end = whole.lastIndexOf(10) + 1
      rest = Buffer.from(whole.subarray(end))
      for (const line of whole.toString('utf8', 0, end).split('\n')) if (line !== '') yield line
    }
  } finally {
    closeSync(descriptor)
  }
}
