import { guessDialect, recordsOf, type DialectGuess } from '../dialect/guess-dialect.ts'
import { type RawRecord, RecordParser } from '../dialect/records.ts'
import { decode, isWide } from '../text/encodings.ts'
import { guessEncoding, type EncodingGuess } from '../text/guess-encoding.ts'
import { type LineBatch, linesOf } from '../text/lines.ts'
import type { Scan } from '../text/scan.ts'
import type { Content } from '../identify/content.ts'
import type { SourceRow, Table } from './table.ts'

/** The most characters a cell may have. */
const longestCell = 1 << 20

/** What a person has fixed of how a text is written; the rest is found out. */
export interface TextHints {
  readonly encoding?: EncodingGuess['encoding']
  readonly delimiter?: string
}

/** A table in a text of lines: encoding, delimiter and quotes are found over the whole head. */
export function delimitedTable(
  content: Content,
  scan: Scan,
  hints: TextHints = {}
): Table & { readonly isGuessed: boolean; readonly encoding: string } {
  const guess = guessEncoding(scan)
  const encoding = hints.encoding ?? guess.encoding
  const decoding = { encoding, markLength: guess.markLength }
  const head = headLines(scan, decoding)
  const dialect = fixed(guessDialect(head), hints, head)
  return {
    format: 'csv',
    encoding: encoding === 'utf-8' && guess.markLength > 0 ? 'utf-8-sig' : encoding,
    isGuessed: !guess.isCertain,
    delimiter: dialect.delimiter,
    sheet: null,
    columns: null,
    isTyped: false,
    width: dialect.width,
    physicalLines: physicalLines(scan, encoding, guess.markLength),
    evidence: { encoding: guess.evidence, delimiter: dialect.evidence },
    rows: () => rowsOf(linesOf(content.open(), decoding), dialect)
  }
}

function fixed(guess: DialectGuess, { delimiter }: TextHints, head: readonly string[]): DialectGuess {
  if (delimiter === undefined || delimiter === guess.delimiter) return guess
  const dialect = { ...guess, delimiter }
  const widths = Map.groupBy(recordsOf(head, dialect), ({ cells }) => cells.length)
  const width = [...widths].sort((a, b) => b[1].length - a[1].length)[0]?.[0] ?? 1
  return { ...dialect, width, evidence: 'fixed by the contract' }
}

function headLines(
  scan: Scan,
  { encoding, markLength }: { encoding: EncodingGuess['encoding']; markLength: number }
): string[] {
  const body = scan.head.subarray(markLength)
  const lines = decode(
    isWide(encoding) ? body.subarray(0, body.length - (body.length % 2)) : body,
    encoding
  ).split(/\r\n|\r|\n/)
  // The last one of a large file is cut.
  if (scan.bytes > scan.head.length || lines.at(-1) === '') lines.pop()
  return lines.slice(0, 5_000)
}

function physicalLines({ bytes, lineEnds }: Scan, encoding: string, markLength: number): number {
  if (bytes <= markLength) return 0
  const ends =
    { 'utf-16le': lineEnds.littleEndian, 'utf-16be': lineEnds.bigEndian }[encoding] ?? lineEnds.narrow
  const isEnded = encoding.startsWith('utf-16') ? lineEnds.isLastEnded.wide : lineEnds.isLastEnded.narrow
  return ends + (isEnded ? 0 : 1)
}

async function* rowsOf(
  batches: AsyncIterable<LineBatch>,
  dialect: DialectGuess
): AsyncGenerator<SourceRow[]> {
  const parser = new RecordParser(dialect, dialect.width)
  const damages = new Map<number, string>()
  let last: LineBatch | null = null
  for await (const batch of batches) {
    if (last) yield finished(parser.push(last.lines, last.first), damages)
    for (const [index, damage] of batch.damaged) damages.set(batch.first + index, damage)
    last = batch
  }
  if (!last) return
  const rows = finished([...parser.push(last.lines, last.first), ...parser.end()], damages)
  const end = rows.at(-1)
  if (end && last.isCut) rows[rows.length - 1] = { ...end, isCut: true }
  yield rows
}

function finished(records: readonly RawRecord[], damages: ReadonlyMap<number, string>): SourceRow[] {
  return records.map((record) => {
    const damage = damages.size === 0 ? undefined : damageOf(record, damages)
    const problem = problemOf(record)
    return {
      line: record.line,
      lines: record.lines,
      cells: record.cells,
      ...(problem && { problem }),
      ...(damage !== undefined && { damage }),
      ...(record.hasStrayQuotes && { hasStrayQuotes: true })
    }
  })
}

function damageOf({ line, lines }: RawRecord, damages: ReadonlyMap<number, string>): string | undefined {
  for (let at = line; at < line + lines; at++) {
    const damage = damages.get(at)
    if (damage !== undefined) return damage
  }
  return undefined
}

// oxlint-disable-next-line no-control-regex -- these characters are what must not be in a cell
const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/

function problemOf({ problem, cells }: RawRecord): SourceRow['problem'] {
  if (problem) return { code: problem }
  for (const cell of cells) {
    const found = control.exec(cell)
    if (found)
      return {
        code: 'control_character',
        value: `U+${found[0].charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}`
      }
    if (cell.length > longestCell) return { code: 'cell_too_long' }
  }
  return undefined
}
