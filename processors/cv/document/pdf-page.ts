import type { WrappedPdfiumModule } from '@embedpdf/pdfium'
import type { Box, Piece } from './document.ts'
import { machineText } from './machine-text.ts'
import { boxAt, type PagePlace } from './page-place.ts'
import { isLayered, type PaintedWord, unseenWords } from './pdf-unseen.ts'

/** More characters than any CV has; reading ends there. */
export const maxCharacters = 300_000

interface Character {
  readonly text: string
  readonly box: Box
  readonly size: number
  readonly bold: boolean
  readonly italic: boolean
  readonly color: number
  /** What it is painted by. */
  readonly object: number
  /** It may be there without being seen, by its color or how it is painted. */
  readonly isFaint: boolean
}

/** The words of a page, how many characters it has, and how many of them people see, and no person does. */
export interface PageText {
  readonly pieces: Piece[]
  readonly characters: number
  readonly shown: number
  readonly hidden: number
}

/** Puts the characters of a page together to words. */
export function readPage(module: WrappedPdfiumModule, page: number, at: PageAt): PageText {
  const text = module.FPDFText_LoadPage(page)
  if (text === 0) return { pieces: [], characters: 0, shown: 0, hidden: 0 }
  const reader = new PageReader(module, text, at.place)
  try {
    const { words, characters, hidden } = reader.read(at.index)
    const unseen = unseenWords(module, { page, place: at.place }, words)
    const count = [...unseen].reduce((sum, { piece }) => sum + piece.text.length, 0)
    const pieces = words.filter((word) => !unseen.has(word)).map(({ piece }) => piece)
    const shown = pieces.reduce((sum, piece) => sum + piece.text.length, 0)
    return { pieces, characters, shown, hidden: hidden + count }
  } finally {
    reader.close()
  }
}

/** Which page of the document it is, from 0, and where its points are. */
export interface PageAt {
  readonly index: number
  readonly place: PagePlace
}

type Look = Pick<Character, 'size' | 'bold' | 'italic' | 'color' | 'isFaint'> & { readonly shown: boolean }

/** Modes of text that fill letters, and the one that paints nothing (ISO 32000-1, table 106). */
const filling = new Set([0, 2])
const unpainted = 3

/** In points; smaller letters are a line to a person. */
const smallestShown = 1.5

/** Flags of a font descriptor (ISO 32000-1, table 123). */
const bit = { italic: 1 << 6, forceBold: 1 << 18 }

class PageReader {
  readonly #module: WrappedPdfiumModule
  readonly #text: number
  readonly #at: number
  readonly #place: PagePlace
  readonly #looks = new Map<number, Look>()

  constructor(module: WrappedPdfiumModule, text: number, place: PagePlace) {
    this.#module = module
    this.#text = text
    this.#place = place
    this.#at = module.pdfium.wasmExports.malloc(512)
  }

  close(): void {
    this.#module.pdfium.wasmExports.free(this.#at)
    this.#module.FPDFText_ClosePage(this.#text)
  }

  read(page: number) {
    const count = Math.min(this.#module.FPDFText_CountChars(this.#text), maxCharacters)
    const words = new Words(page)
    let hidden = 0
    for (let index = 0; index < count; index++) {
      const character = this.#character(index)
      if (character === 'hidden') hidden++
      else if (character === null) words.end()
      else words.add(character)
    }
    words.end()
    return { words: words.words, characters: count, hidden }
  }

  #character(index: number): Character | 'hidden' | null {
    const code = this.#module.FPDFText_GetUnicode(this.#text, index)
    if (code <= 32 || code === 0xa0) return null
    const text = cleaned(code)
    if (text === null) return 'hidden'
    const object = this.#module.FPDFText_GetTextObject(this.#text, index)
    const { shown, ...look } = this.#look(index, object)
    const box = this.#box(index, look.size)
    const { width, height } = this.#place
    const outside = box.right < -1 || box.left > width + 1 || box.bottom < -1 || box.top > height + 1
    if (outside || !shown || look.size < smallestShown) return 'hidden'
    return { text, box, object, ...look }
  }

  #box(index: number, size: number): Box {
    const { pdfium, FPDFText_GetLooseCharBox, FPDFText_GetCharOrigin } = this.#module
    const at = this.#at
    FPDFText_GetLooseCharBox(this.#text, index, at)
    FPDFText_GetCharOrigin(this.#text, index, at + 16, at + 24)
    // FS_RECTF: left, top, right, bottom.
    const [left, top, right, bottom] = [0, 4, 8, 12].map((offset) => pdfium.HEAPF32[(at + offset) >> 2] ?? 0)
    const corners = boxAt(this.#place, {
      left: left ?? 0,
      top: top ?? 0,
      right: right ?? 0,
      bottom: bottom ?? 0
    })
    const baseline = this.#place.at(
      pdfium.HEAPF64[(at + 16) >> 3] ?? 0,
      pdfium.HEAPF64[(at + 24) >> 3] ?? 0
    ).y
    // One height for all fonts of a size, so that rows are told by their baselines.
    return {
      left: corners.left,
      right: corners.right,
      top: baseline - size * 0.8,
      bottom: baseline + size * 0.2
    }
  }

  #look(index: number, object: number): Look {
    const known = this.#looks.get(object)
    if (known && object !== 0) return known
    const look = this.#readLook(index, object)
    this.#looks.set(object, look)
    return look
  }

  #readLook(index: number, object: number): Look {
    const { pdfium } = this.#module
    const [at, text] = [this.#at, this.#text]
    this.#module.FPDFText_GetFillColor(text, index, at, at + 4, at + 8, at + 12)
    const [red = 0, green = 0, blue = 0, alpha = 0] = [0, 4, 8, 12].map((offset) =>
      pdfium.getValue(at + offset, 'i32')
    )
    const mode = object === 0 ? 0 : this.#module.FPDFTextObj_GetTextRenderMode(object)
    this.#module.FPDFText_GetMatrix(text, index, at)
    const scale = Math.hypot(pdfium.getValue(at + 8, 'float'), pdfium.getValue(at + 12, 'float'))
    const size = this.#module.FPDFText_GetFontSize(text, index) * (scale || 1)
    return {
      ...this.#font(index),
      size: Math.round(size * 10) / 10,
      color: (red << 16) | (green << 8) | blue,
      isFaint: alpha < 128 || !filling.has(mode) || isLayered(this.#module, object),
      shown: alpha !== 0 && mode !== unpainted
    }
  }

  #font(index: number) {
    const { pdfium } = this.#module
    const at = this.#at
    const length = this.#module.FPDFText_GetFontInfo(this.#text, index, at + 32, 400, at + 28)
    const name = length > 0 ? pdfium.UTF8ToString(at + 32) : ''
    const flags = length > 0 ? pdfium.getValue(at + 28, 'i32') : 0
    const weight = this.#module.FPDFText_GetFontWeight(this.#text, index)
    const isBold = weight >= 600 || (flags & bit.forceBold) !== 0
    return {
      bold: isBold || /bold|black|heavy|semibold|-(?:bd|b)$|CMBX|sfbx|-medi$/i.test(name),
      italic: (flags & bit.italic) !== 0 || /italic|oblique|CMTI|sfti|slanted/i.test(name)
    }
  }
}

const ligatures: Readonly<Record<number, string>> = {
  0xfb00: 'ff',
  0xfb01: 'fi',
  0xfb02: 'fl',
  0xfb03: 'ffi',
  0xfb04: 'ffl',
  0xfb05: 'st',
  0xfb06: 'st'
}

/** A character as people read it, null where only machines do. U+0002 is how PDFium marks a hyphen at a line's end. */
function cleaned(code: number): string | null {
  if (code === 2) return '-'
  const text = ligatures[code] ?? String.fromCodePoint(code)
  return machineText.test(text) ? null : text
}

/** Puts characters together to words: what follows on the same baseline without a gap. */
class Words {
  readonly words: PaintedWord[] = []
  readonly #page: number
  #text = ''
  #first: Character | null = null
  #last: Character | null = null
  #gaps: number[] = []
  #objects = new Set<number>()
  #isFaint = false

  constructor(page: number) {
    this.#page = page
  }

  add(character: Character): void {
    if (this.#last && !follows(this.#last, character)) this.end()
    if (this.#last) this.#gaps.push(character.box.left - this.#last.box.right)
    this.#first ??= character
    this.#last = character
    this.#text += character.text
    this.#objects.add(character.object)
    this.#isFaint ||= character.isFaint
  }

  end(): void {
    const [first, last] = [this.#first, this.#last]
    if (first && last) {
      const box = {
        left: first.box.left,
        right: Math.max(first.box.right, last.box.right),
        top: first.box.top,
        bottom: first.box.bottom
      }
      const { size, bold, italic, color } = first
      const spacing = this.#gaps.length < 2 ? 0 : Math.max(0, middle(this.#gaps))
      const piece = {
        page: this.#page,
        text: this.#text.normalize('NFC'),
        box,
        size,
        bold,
        italic,
        color,
        link: null,
        spacing
      }
      this.words.push({ piece, objects: [...this.#objects], isFaint: this.#isFaint })
    }
    this.#text = ''
    this.#gaps = []
    this.#objects.clear()
    this.#isFaint = false
    this.#first = null
    this.#last = null
  }
}

const middle = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? 0

function follows(last: Character, next: Character): boolean {
  const gap = next.box.left - last.box.right
  const near = Math.abs(last.box.bottom - next.box.bottom) < Math.max(last.size, next.size) * 0.35
  return near && gap < next.size * 0.3 && gap > -next.size * 0.6 && last.bold === next.bold
}
