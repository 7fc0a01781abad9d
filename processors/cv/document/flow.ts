import { lineOf } from '../layout/lines.ts'
import type { Cell, Line, Style } from './document.ts'
import { machineText } from './machine-text.ts'

export const plain: Style = { size: 11, bold: false, italic: false, color: 0 }

interface Open {
  text: string
  style: Style
  letters: number
  /** What it began with in bold, while nothing bold has followed a plain text; undefined where it is of several turns. */
  head?: string | undefined
  /** Paragraphs of a table's cell that stand before this text. */
  above?: Paragraph[]
}

interface Paragraph {
  readonly cell: Open
  readonly bullet: boolean
}

const rowHeight = 12
const maxCharacters = 300_000

/**
 * Lines of a format that knows paragraphs and no places: runs are added as they come, and a line ends where the
 * paragraph or a break does. Places are made up by row, so that evidence and indents can be told.
 */
export class Flow {
  readonly lines: Line[] = []
  page = 0
  block = 0
  /** Text that no person sees was left out. */
  hidden = false
  #cells: Open[] = []
  #links: string[] = []
  #characters = 0
  #row = 0
  #empty = 0

  get isFull(): boolean {
    return this.#characters >= maxCharacters
  }

  add(text: string, style: Style, link: string | null = null): void {
    if (this.isFull) return
    const shown = this.#shown(text)
    if (shown === '') return
    this.#characters += shown.length
    const cell = this.#cells.at(-1)
    if (!cell)
      this.#cells.push({
        text: shown,
        style,
        letters: shown.trim().length,
        head: style.bold ? shown : undefined
      })
    else {
      if (style.bold && shown.trim() !== '')
        cell.head = cell.head === cell.text ? cell.head + shown : undefined
      cell.text += shown
      // A cell looks as most of it does.
      if (shown.trim().length > cell.letters) Object.assign(cell, { style, letters: shown.trim().length })
    }
    if (link !== null) this.#links.push(link)
  }

  /** Begins a new cell of the row, as a tab does. */
  tab(): void {
    this.#cells.push({ text: '', style: plain, letters: 0, head: '' })
  }

  /** Ends a paragraph within a table's cell. */
  paragraph(bullet: boolean): void {
    const cell = this.#cells.at(-1)
    if (!cell || cell.text.trim() === '') return
    const { above = [], ...own } = cell
    this.#cells[this.#cells.length - 1] = {
      text: '',
      style: plain,
      letters: 0,
      head: '',
      above: [...above, { cell: own, bullet }]
    }
  }

  /**
   * Ends the row of a table: a line where its cells have a paragraph each, or one of them has more, which then follow;
   * cells that are long are read one after the other.
   */
  row(bullet: boolean): void {
    this.paragraph(bullet)
    const cells = this.#cells.map(({ above = [] }) => above).filter((above) => above.length > 0)
    this.#cells = []
    const isSideBySide = cells.length > 1 && cells.filter((own) => own.length > 3).length < 2
    if (!isSideBySide) {
      for (const own of cells) {
        this.block++
        for (const each of own) this.#line([each])
      }
      return
    }
    const longest = cells.reduce((a, b) => (b.length > a.length ? b : a))
    const inRow = cells.flatMap((own) => (own === longest ? own.slice(0, 1) : [joinedParagraphs(own)]))
    this.#line(inRow)
    for (const each of longest.slice(1)) this.#line([each])
  }

  #line(paragraphs: readonly Paragraph[]): void {
    this.#cells = paragraphs.map(({ cell }) => cell)
    this.end({ bullet: paragraphs.length === 1 && paragraphs[0]?.bullet === true })
  }

  /** Ends the row. */
  end({ bullet = false, indent = 0 }: { bullet?: boolean; indent?: number } = {}): void {
    const cells = this.#cells.filter((cell) => cell.text.trim() !== '')
    this.#cells = []
    this.#row++
    if (cells.length === 0) {
      this.#empty++
      return
    }
    const first = cells[0]
    if (first && bullet) first.text = `• ${first.text}`
    const gap = this.lines.at(-1)?.block === this.block ? this.#empty + 0.2 : 0
    const context = { block: this.block, page: this.page, gap, links: this.#links }
    this.lines.push(
      lineOf(
        cells.map((cell, index) => this.#cell(cell, indent + index * 120)),
        context
      )
    )
    this.#links = []
    this.#empty = 0
  }

  #shown(text: string): string {
    const signs = Array.from(text.normalize('NFC'))
    const shown = signs.filter((sign) => sign === '\t' || !machineText.test(sign)).join('')
    // A soft hyphen or a mark of the byte order hides nothing.
    if (shown.length < text.length && /(?![\u00ad\ufeff])\p{Cf}/u.test(text)) this.hidden = true
    return shown
  }

  #cell({ text, style, head }: Open, left: number): Cell {
    const trimmed = oneSpaced(text)
    const bold = oneSpaced(head ?? '')
    const plainTail =
      bold === '' || bold === trimmed || !trimmed.startsWith(bold)
        ? {}
        : { plainTail: trimmed.length - bold.length }
    const top = this.#row * rowHeight
    const box = { left, top, right: left + trimmed.length * 5, bottom: top + rowHeight }
    return { text: trimmed, box, ...style, ...plainTail }
  }
}

const oneSpaced = (text: string) => text.replace(/[\s\u00a0]+/g, ' ').trim()

function joinedParagraphs(paragraphs: readonly Paragraph[]): Paragraph {
  const [first] = paragraphs as [Paragraph]
  return { ...first, cell: { ...first.cell, text: paragraphs.map(({ cell }) => cell.text).join(' ') } }
}
