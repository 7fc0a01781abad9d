import { CvRefused } from '../refusal.ts'
import type { ReadDocument, Style } from './document.ts'
import { Flow, plain } from './flow.ts'
import { charsets, skipped } from './rtf-words.ts'

const maxDepth = 500

interface State {
  style: Style
  skip: boolean
  hidden: boolean
  /** Its letters are of the paper's color. */
  white: boolean
  /** Characters that stand for a \u sign in old readers. */
  fallback: number
  link: string | null
  isField: boolean
}

const signs: Readonly<Record<string, string>> = {
  emdash: '—',
  endash: '–',
  lquote: '‘',
  rquote: '’',
  ldblquote: '“',
  rdblquote: '”',
  bullet: '•',
  emspace: ' ',
  enspace: ' '
}

/** Paragraphs of an RTF: code pages, \u signs, tables and fields; what hides or draws is left out. */
export function readRtf(bytes: Uint8Array): ReadDocument {
  const reader = new RtfReader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'))
  const flow = reader.read()
  return {
    type: 'rtf',
    pages: flow.page + 1,
    lines: flow.lines,
    pieces: [],
    links: [],
    warnings: flow.hidden ? ['hidden_text'] : []
  }
}

const token = /\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\/giy

class RtfReader {
  readonly #text: string
  readonly #flow = new Flow()
  readonly #fonts = new Map<number, string>()
  /** Numbers of colors in which letters are not seen on paper. */
  readonly #whites: ReadonlySet<number>
  #states: State[] = [
    { style: plain, skip: false, hidden: false, white: false, fallback: 1, link: null, isField: false }
  ]
  #pendingSkip = 0
  #bytes: number[] = []
  #codePage = 'windows-1252'
  #indent = 0
  #bullet = false
  #inTable = false
  #inRow = false
  #star = false

  constructor(text: string) {
    this.#text = text
    this.#whites = grounds.test(text) ? new Set() : whitesOf(text)
    for (const [, font, charset] of text
      .slice(0, 65_536)
      .matchAll(/\\f(\d{1,5})[^;{}]{0,80}\\fcharset(\d{1,3})/g)) {
      const codePage = charsets[Number(charset)]
      if (codePage !== undefined) this.#fonts.set(Number(font), codePage)
    }
  }

  read(): Flow {
    token.lastIndex = 0
    for (const match of this.#text.matchAll(token)) {
      const [, word, number, hex, symbol, brace, text] = match
      if (hex !== undefined) this.#byte(Number.parseInt(hex, 16))
      else if (text !== undefined) this.#plain(text, match.index)
      else {
        this.#flush()
        if (brace !== undefined) this.#group(brace)
        else if (word !== undefined)
          this.#word(word, number === undefined ? null : Number(number), match.index)
        else if (symbol !== undefined) this.#symbol(symbol)
      }
      if (this.#flow.isFull) break
    }
    this.#flush()
    this.#flow.end()
    return this.#flow
  }

  get #state(): State {
    return this.#states.at(-1) as State
  }

  #group(brace: string): void {
    if (brace === '{') {
      if (this.#states.length > maxDepth) throw new CvRefused('CV_BOMB')
      this.#states.push({ ...this.#state, isField: false })
    } else if (this.#states.length > 1) this.#states.pop()
    this.#star = false
  }

  #byte(code: number): void {
    if (this.#pendingSkip > 0) this.#pendingSkip--
    else this.#bytes.push(code)
  }

  #plain(text: string, at: number): void {
    const shown = text.slice(this.#pendingSkip)
    this.#pendingSkip = Math.max(0, this.#pendingSkip - text.length)
    if (at >= 0) for (let index = 0; index < shown.length; index++) this.#bytes.push(shown.charCodeAt(index))
  }

  /** Bytes are decoded together, as some code pages have two for a sign. */
  #flush(): void {
    if (this.#bytes.length === 0) return
    const text = new TextDecoder(this.#codePage).decode(Uint8Array.from(this.#bytes))
    this.#bytes = []
    this.#add(text)
  }

  #add(text: string): void {
    const { skip, hidden, white, style, link } = this.#state
    if (skip) return
    if (hidden || white || style.size < smallestShown) this.#flow.hidden ||= text.trim() !== ''
    else this.#flow.add(text, style, link)
  }

  #symbol(symbol: string): void {
    if (symbol === '*') this.#star = true
    else if (symbol === '~') this.#add(' ')
    else if (symbol === '_') this.#add('-')
    else if (/[\\{}]/.test(symbol)) this.#add(symbol)
    else if (symbol === '\n' || symbol === '\r') this.#paragraph()
  }

  #word(word: string, number: number | null, at: number): void {
    const state = this.#state
    if (this.#star || skipped.has(word)) this.#destination(word, at)
    else if (word === 'u' && number !== null) {
      this.#add(String.fromCharCode(number < 0 ? number + 65_536 : number))
      this.#pendingSkip = state.fallback
    } else if (word === 'uc') state.fallback = Math.min(number ?? 1, 8)
    else if (word === 'ansicpg' && number !== null) this.#codePage = codePageOf(number)
    else if (!this.#layout(word, number)) this.#look(word, number)
    const sign = signs[word]
    if (sign !== undefined) this.#add(sign)
  }

  #destination(word: string, at: number): void {
    this.#star = false
    const state = this.#state
    if (word === 'listtext' || word === 'pntext') this.#bullet = true
    if (word === 'fldinst') this.#field(at)
    if (word === 'shppict' || word === 'shpinst' || word === 'shptxt') return
    state.skip = true
  }

  /** The address of a field goes with what the field shows, which is its sibling. */
  #field(at: number): void {
    const address = this.#text.slice(at, at + 600).match(/HYPERLINK\s+(?:\\\\l\s+)?"([^"\r\n]{1,500})"/)
    const field = this.#states.at(-2)
    if (address?.[1] && field) field.link = address[1]
  }

  #layout(word: string, number: number | null): boolean {
    const act = this.#layouts[word]
    act?.(number ?? 0)
    return act !== undefined
  }

  readonly #layouts: Readonly<Record<string, (number: number) => void>> = {
    par: () => this.#paragraph(),
    line: () => this.#paragraph(),
    sect: () => this.#paragraph(),
    page: () => this.#page(),
    tab: () => {
      if (!this.#state.skip) this.#flow.tab()
    },
    cell: () => this.#cell(),
    nestcell: () => this.#cell(),
    row: () => this.#paragraph(true),
    nestrow: () => this.#paragraph(true),
    intbl: () => {
      this.#inTable = true
    },
    trowd: () => {
      this.#inRow = true
    },
    li: (number) => {
      this.#indent = number / 20
    },
    ls: (number) => {
      this.#bullet = number > 0
    },
    pard: () => this.#reset()
  }

  #reset(): void {
    this.#indent = 0
    this.#bullet = false
    this.#inTable = false
  }

  #cell(): void {
    if (this.#state.skip) return
    this.#flow.paragraph(this.#bullet)
    this.#flow.tab()
  }

  #page(): void {
    this.#paragraph()
    this.#flow.page++
  }

  #paragraph(isRow = false): void {
    if (this.#state.skip) return
    if (isRow) {
      this.#inRow = false
      this.#flow.row(this.#bullet)
    } else if (this.#inTable || this.#inRow) this.#flow.paragraph(this.#bullet)
    else this.#flow.end({ bullet: this.#bullet, indent: Math.max(0, this.#indent) })
  }

  #look(word: string, number: number | null): void {
    const state = this.#state
    if (word === 'b') state.style = { ...state.style, bold: number !== 0 }
    else if (word === 'i') state.style = { ...state.style, italic: number !== 0 }
    else if (word === 'fs' && number !== null) state.style = { ...state.style, size: number / 2 }
    else if (word === 'v') state.hidden = number !== 0
    else if (word === 'cf') state.white = this.#whites.has(number ?? 0)
    else if (word === 'plain') Object.assign(state, { style: plain, hidden: false, white: false })
    else if (word === 'f' && number !== null) this.#codePage = this.#fonts.get(number) ?? this.#codePage
  }
}

/** In points. */
const smallestShown = 2

/** What gives letters a ground of another color, or stands behind them: then white ones may be seen. */
const grounds = /\\(?:cbpat|chcbpat|clcbpat|highlight|cb|shading)[1-9]|\\shp\b|\\background\b/

/** The numbers of a document's colors that are as light as paper. */
function whitesOf(text: string): Set<number> {
  const table = text.slice(0, 200_000).match(/\{\\colortbl([^{}]{0,20000})\}/)?.[1] ?? ''
  const isLight = (color: string) =>
    ['red', 'green', 'blue'].every(
      (part) => Number(color.match(new RegExp(`\\\\${part}(\\d{1,3})`))?.[1] ?? 0) >= 0xec
    )
  return new Set(table.split(';').flatMap((color, index) => (isLight(color) ? [index] : [])))
}

function codePageOf(number: number): string {
  if (number === 10_000) return 'macintosh'
  const name = number === 65_001 ? 'utf-8' : `windows-${number}`
  try {
    return new TextDecoder(name).encoding
  } catch {
    return 'windows-1252'
  }
}
