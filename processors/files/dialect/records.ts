/** How cells and rows of a text are parted. */
export interface Dialect {
  readonly delimiter: string
  /** The sign around cells that hold the delimiter or line ends; null where nothing is quoted. */
  readonly quote: '"' | "'" | null
  /** How a quote stands within a quoted cell: twice, or after a backslash. */
  readonly escape: 'double' | 'backslash'
}

/** A row as it is written: some physical lines, cut to cells. */
export interface RawRecord {
  readonly line: number
  readonly lines: number
  readonly cells: readonly string[]
  /** Set where the row cannot be trusted: a quote is open to the end, or far beyond what a cell is. */
  readonly problem?: 'unclosed_quote'
  /** Whether quotes stood where they mean nothing, and were kept as text. */
  readonly hasStrayQuotes?: boolean
}

const mostLines = 500
const mostText = 1 << 20

type Parsed = { readonly cells: string[]; readonly state: 'whole' | 'stray' | 'open' | 'malformed' }

/**
 * Puts physical lines together to rows. A quote that is never closed costs the line it stands on, not those after it:
 * they are read again by themselves.
 */
export class RecordParser {
  private readonly dialect: Dialect
  /** How many cells a row of this file has, or null while nobody knows. */
  private readonly width: number | null
  private pending: string[] = []
  private pendingFrom = 0
  private pendingLength = 0
  private rows: RawRecord[] = []

  constructor(dialect: Dialect, width: number | null) {
    this.dialect = dialect
    this.width = width
  }

  /** The rows that are whole after these lines. */
  push(lines: readonly string[], first: number): RawRecord[] {
    for (const [index, line] of lines.entries()) this.take(line, first + index)
    return this.drain()
  }

  /** The rows that were still open at the end. */
  end(): RawRecord[] {
    while (this.pending.length > 0) this.giveUp()
    return this.drain()
  }

  private drain(): RawRecord[] {
    const { rows } = this
    this.rows = []
    return rows
  }

  private take(text: string, line: number): void {
    const { delimiter, quote } = this.dialect
    if (this.pending.length > 0) this.proceed(text, line)
    else if (quote === null || !text.includes(quote))
      this.rows.push({ line, lines: 1, cells: delimiter === '' ? [text] : text.split(delimiter) })
    else this.start(text, line)
  }

  private start(text: string, line: number): void {
    const { cells, state } = parse(text, this.dialect)
    if (state === 'open') {
      this.pending = [text]
      this.pendingFrom = line
      this.pendingLength = text.length
    } else this.rows.push({ line, lines: 1, cells, ...(state === 'stray' && { hasStrayQuotes: true }) })
  }

  private proceed(text: string, line: number): void {
    const { quote } = this.dialect
    this.pending.push(text)
    this.pendingLength += text.length + 1
    if (this.pending.length > mostLines || this.pendingLength > mostText) return this.giveUp()
    if (quote !== null && !text.includes(quote)) {
      // A row that is complete by itself is no part of a cell.
      if (this.isRowByItself(text)) this.giveUp()
      return
    }
    const { cells, state } = parse(this.pending.join('\n'), this.dialect)
    if (state === 'open') return
    if (state === 'malformed' || this.isTooWide(cells)) return this.giveUp()
    const from = this.pendingFrom
    this.pending = []
    this.rows.push({ line: from, lines: line - from + 1, cells })
  }

  private isRowByItself(text: string): boolean {
    if (this.width === null || this.width < 3) return false
    return text.split(this.dialect.delimiter).length === this.width
  }

  /** A cell that swallowed rows ends where another quoted cell begins, with more cells than a row has. */
  private isTooWide(cells: readonly string[]): boolean {
    return this.width !== null && cells.length > this.width
  }

  /** Lets go of the line that opened the quote, and reads those after it again. */
  private giveUp(): void {
    const { pending, pendingFrom } = this
    this.pending = []
    this.rows.push({
      line: pendingFrom,
      lines: 1,
      cells: [pending[0] ?? ''],
      problem: 'unclosed_quote'
    })
    for (const [index, line] of pending.slice(1).entries()) this.take(line, pendingFrom + 1 + index)
  }
}

/** The cells of a row; what it says of quotes is in `state`. */
function parse(text: string, dialect: Dialect): Parsed {
  const cells: string[] = []
  let isStray = false
  for (let at = 0; ; ) {
    const cell = cellAt(text, at, dialect)
    if (cell === null) return { cells, state: 'open' }
    if (cell.isStray && text.includes('\n')) return { cells, state: 'malformed' }
    isStray ||= cell.isStray
    cells.push(cell.value)
    if (cell.end >= text.length) break
    at = cell.end + dialect.delimiter.length
    if (dialect.delimiter === '') break
  }
  return { cells, state: isStray ? 'stray' : 'whole' }
}

interface Cell {
  readonly value: string
  /** Where the delimiter after it is, or the end of the text. */
  readonly end: number
  readonly isStray: boolean
}

/** The cell at a place, or null where its quote is open to the end. */
function cellAt(text: string, at: number, { delimiter, quote, escape }: Dialect): Cell | null {
  const found = delimiter === '' ? -1 : text.indexOf(delimiter, at)
  const plainEnd = found < 0 ? text.length : found
  let start = at
  while (text[start] === ' ') start++
  if (quote === null || text[start] !== quote)
    return { value: text.slice(at, plainEnd), end: plainEnd, isStray: false }
  const quoted = quotedAt(text, start + 1, { quote, escape })
  if (quoted === null) return null
  let { end } = quoted
  while (text[end] === ' ') end++
  const isWhole = end >= text.length || (delimiter !== '' && text.startsWith(delimiter, end))
  if (isWhole) return { value: quoted.value, end: Math.min(end, text.length), isStray: false }
  return { value: text.slice(at, plainEnd), end: plainEnd, isStray: true }
}

function quotedAt(
  text: string,
  start: number,
  { quote, escape }: { quote: string; escape: Dialect['escape'] }
): { value: string; end: number } | null {
  let value = ''
  for (let from = start; ; ) {
    const at = text.indexOf(quote, from)
    if (at < 0) return null
    if (escape === 'backslash' && text[at - 1] === '\\') {
      value += text.slice(from, at - 1) + quote
      from = at + 1
    } else if (text[at + 1] === quote) {
      value += text.slice(from, at + 1)
      from = at + 2
    } else return { value: value + text.slice(from, at), end: at + 1 }
  }
}
