import { type Dialect, type RawRecord, RecordParser } from './records.ts'

export interface DialectGuess extends Dialect {
  /** How many cells most rows of the head have. */
  readonly width: number
  readonly evidence: string
  /** Whether the first line is Excel's `sep=`. */
  readonly hasSeparatorLine: boolean
}

const delimiters = [';', ',', '\t', '|', '^', '~', '¤', ':'] as const

interface Score {
  readonly delimiter: string
  readonly width: number
  readonly share: number
  readonly score: number
}

/** Delimiter and quotes of a text, by how evenly each candidate cuts the whole head, not its first line. */
export function guessDialect(lines: readonly string[]): DialectGuess {
  const declared = /^\s*sep=(.)\s*$/i.exec(lines[0] ?? '')?.[1]
  const body = declared === undefined ? lines : lines.slice(1)
  const escape = escapeOf(body)
  const scores = [...(declared === undefined ? delimiters : [declared])]
    .map((delimiter) => scoreOf(body, { delimiter, quote: '"', escape }))
    .sort((a, b) => b.score - a.score)
  const [best] = scores
  const quote = quoteOf(body, best?.delimiter ?? ',')
  if (best === undefined || best.width < 2 || best.score <= 0)
    return {
      delimiter: '',
      quote: '"',
      escape,
      width: 1,
      evidence: 'no delimiter parts the rows evenly',
      hasSeparatorLine: declared !== undefined
    }
  const others = scores.slice(1, 3).map((each) => `${JSON.stringify(each.delimiter)} ${percent(each.share)}`)
  const said = declared === undefined ? '' : '; the first line says so'
  return {
    delimiter: best.delimiter,
    quote,
    escape,
    width: best.width,
    evidence: `${percent(best.share)} of ${body.length} lines have ${best.width} cells (others: ${others.join(', ')})${said}`,
    hasSeparatorLine: declared !== undefined
  }
}

const percent = (share: number) => `${Math.round(share * 1000) / 10} %`

/** How well a delimiter fits: the share of rows of one width, less what its cells have of stronger delimiters. */
function scoreOf(lines: readonly string[], dialect: Dialect): Score {
  const { delimiter } = dialect
  const records = recordsOf(lines, dialect)
  const widths = new Map<number, number>()
  let physical = 0
  for (const { cells, lines: own } of records) {
    if (cells.length === 1 && cells[0]?.trim() === '') continue
    widths.set(cells.length, (widths.get(cells.length) ?? 0) + own)
    physical += own
  }
  const several = [...widths].filter(([width]) => width > 1).sort((a, b) => b[1] - a[1])
  const [width, count] = several[0] ?? [1, 0]
  const share = physical === 0 ? 0 : count / physical
  const own = records.filter(({ cells }) => cells.length === width)
  return { delimiter, width, share, score: share * purity(own, delimiter) * weightOf(delimiter, width) }
}

/** Wider tables are less likely to be even by chance. */
const weightOf = (delimiter: string, width: number) =>
  (1 - 0.3 / width) * (delimiter === ':' || delimiter === '~' || delimiter === '^' ? 0.5 : 1)

/** Cells that hold what parts cells elsewhere were not parted: a comma may stand in text, a semicolon seldom, a tab never. */
function purity(records: readonly RawRecord[], delimiter: string): number {
  let cells = 0
  let stained = 0
  for (const record of records.slice(0, 500))
    for (const cell of record.cells) {
      cells++
      if (/[;\t|]/.test(delimiter === ',' ? cell : cell.replaceAll(/[;|]/g, ''))) stained++
      else if (delimiter !== ',' && looksUnparted(cell, delimiter)) stained++
    }
  return cells === 0 ? 0 : 1 - stained / cells
}

/** Several values without a blank after the sign between them, such as `01,Ain,438109` or `01;Ain;4`. */
const looksUnparted = (cell: string, delimiter: string) =>
  [',', ';', '|'].some((other) => other !== delimiter && cell.split(other).length > 3 && !/[,;|] /.test(cell))

/** The rows of some lines by a dialect. */
export function recordsOf(
  lines: readonly string[],
  dialect: Dialect,
  width: number | null = null
): RawRecord[] {
  const parser = new RecordParser(dialect, width)
  return [...parser.push(lines, 1), ...parser.end()]
}

/** Apostrophes are quotes only where most cells of text stand between them. */
function quoteOf(lines: readonly string[], delimiter: string): Dialect['quote'] {
  let single = 0
  let double = 0
  let plain = 0
  for (const line of lines.slice(0, 500))
    for (const cell of line.split(delimiter === '' ? '\n' : delimiter)) {
      const trimmed = cell.trim()
      if (/^'.*'$/.test(trimmed)) single++
      else if (trimmed.startsWith('"')) double++
      else if (/\p{L}/u.test(trimmed)) plain++
    }
  return single > double && single > plain ? "'" : '"'
}

/** Exports of MySQL put a backslash before a quote within a cell. */
function escapeOf(lines: readonly string[]): Dialect['escape'] {
  const text = lines.slice(0, 2_000).join('\n')
  const backslashed = text.match(/[^;,\t|\\"]\\"[^;,\t|"\n]/g)?.length ?? 0
  const doubled = text.match(/[^;,\t|"]""[^;,\t|"]/g)?.length ?? 0
  return backslashed > doubled ? 'backslash' : 'double'
}
