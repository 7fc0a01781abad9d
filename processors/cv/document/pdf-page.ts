import type { WrappedPdfiumModule } from '@embedpdf/pdfium'
import type { Box, Piece } from './document.ts'
import { machineText } from './machine-text.ts'

/** More characters than any CV has; reading ends there. */
export const maxCharacters = 300_000

interface Character {
  readonly text: string
  readonly box: Box
  readonly size: number
  readonly bold: boolean
  readonly italic: boolean
  readonly color: number
}

/** The words of a page, how many characters it has, and how many of them people see, and no person does. */
export interface PageText {
  readonly pieces: Piece[]
  readonly characters: number
  readonly shown: number
  readonly hidden: number
}

/** Puts the characters of a page together to words. */
export function readPage(module: WrappedPdfiumModule, page: number, index: number): PageText {
  const text = module.FPDFText_LoadPage(page)
  if (text === 0) return { pieces: [], characters: 0, shown: 0, hidden: 0 }
  const reader = new PageReader(module, page, text)
  try {
    return reader.read(index)
  } finally {
    reader.close()
  }
}

/** Flags of a font descriptor (ISO 32000-1, table 123). */
const bit = { italic: 1 << 6, forceBold: 1 << 18 }

class PageReader {
  readonly #module: WrappedPdfiumModule
  readonly #text: number
  readonly #at: number
  readonly #height: number
  readonly #width: number
  readonly #styles = new Map<
    number,
    Pick<Character, 'size' | 'bold' | 'italic' | 'color'> & { shown: boolean }
  >()

  constructor(module: WrappedPdfiumModule, page: number, text: number) {
    this.#module = module
    this.#text = text
    this.#height = module.FPDF_GetPageHeightF(page)
    this.#width = module.FPDF_GetPageWidthF(page)
    this.#at = module.pdfium.wasmExports.malloc(512)
  }

  close(): void {
    this.#module.pdfium.wasmExports.free(this.#at)
    this.#module.FPDFText_ClosePage(this.#text)
  }

  read(page: number): PageText {
    const count = Math.min(this.#module.FPDFText_CountChars(this.#text), maxCharacters)
    const words = new Words(page)
    let [shown, hidden] = [0, 0]
    for (let index = 0; index < count; index++) {
      const character = this.#character(index)
      if (character === 'hidden') hidden++
      else if (character === null) words.end()
      else {
        words.add(character)
        shown++
      }
    }
    words.end()
    return { pieces: words.pieces, characters: count, shown, hidden }
  }

  #character(index: number): Character | 'hidden' | null {
    const code = this.#module.FPDFText_GetUnicode(this.#text, index)
    if (code <= 32 || code === 0xa0) return null
    const text = cleaned(code)
    if (text === null) return 'hidden'
    const style = this.#style(index)
    const box = this.#box(index, style.size)
    const outside =
      box.right < -1 || box.left > this.#width + 1 || box.bottom < -1 || box.top > this.#height + 1
    if (outside || !style.shown || style.size < 1.5) return 'hidden'
    return { text, box, ...style }
  }

  #box(index: number, size: number): Box {
    const { pdfium, FPDFText_GetLooseCharBox, FPDFText_GetCharOrigin } = this.#module
    const at = this.#at
    FPDFText_GetLooseCharBox(this.#text, index, at)
    FPDFText_GetCharOrigin(this.#text, index, at + 16, at + 24)
    const heap = pdfium.HEAPF32
    const left = heap[at >> 2] ?? 0
    const right = heap[(at + 8) >> 2] ?? 0
    const baseline = this.#height - (pdfium.HEAPF64[(at + 24) >> 3] ?? 0)
    // One height for all fonts of a size, so that rows are told by their baselines.
    return { left, right, top: baseline - size * 0.8, bottom: baseline + size * 0.2 }
  }

  #style(index: number) {
    const object = this.#module.FPDFText_GetTextObject(this.#text, index)
    const known = this.#styles.get(object)
    if (known && object !== 0) return known
    const style = this.#readStyle(index, object)
    this.#styles.set(object, style)
    return style
  }

  #readStyle(index: number, object: number) {
    const { pdfium } = this.#module
    const at = this.#at
    const text = this.#text
    const length = this.#module.FPDFText_GetFontInfo(text, index, at + 32, 400, at + 28)
    const name = length > 0 ? pdfium.UTF8ToString(at + 32) : ''
    const flags = length > 0 ? pdfium.getValue(at + 28, 'i32') : 0
    const weight = this.#module.FPDFText_GetFontWeight(text, index)
    this.#module.FPDFText_GetFillColor(text, index, at, at + 4, at + 8, at + 12)
    const [red, green, blue, alpha] = [0, 4, 8, 12].map((offset) => pdfium.getValue(at + offset, 'i32'))
    const mode = object === 0 ? 0 : this.#module.FPDFTextObj_GetTextRenderMode(object)
    this.#module.FPDFText_GetMatrix(text, index, at)
    const scale = Math.hypot(pdfium.getValue(at + 8, 'float'), pdfium.getValue(at + 12, 'float'))
    const size = this.#module.FPDFText_GetFontSize(text, index) * (scale || 1)
    return {
      size: Math.round(size * 10) / 10,
      bold:
        weight >= 600 ||
        (flags & bit.forceBold) !== 0 ||
        /bold|black|heavy|semibold|-(?:bd|b)$|CMBX|sfbx|-medi$/i.test(name),
      italic: (flags & bit.italic) !== 0 || /italic|oblique|CMTI|sfti|slanted/i.test(name),
      color: ((red ?? 0) << 16) | ((green ?? 0) << 8) | (blue ?? 0),
      // Mode 3 paints nothing.
      shown: alpha !== 0 && mode !== 3
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
  readonly pieces: Piece[] = []
  readonly #page: number
  #text = ''
  #first: Character | null = null
  #last: Character | null = null
  #gaps: number[] = []

  constructor(page: number) {
    this.#page = page
  }

  add(character: Character): void {
    if (this.#last && !follows(this.#last, character)) this.end()
    if (this.#last) this.#gaps.push(character.box.left - this.#last.box.right)
    this.#first ??= character
    this.#last = character
    this.#text += character.text
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
      this.pieces.push({
        page: this.#page,
        text: this.#text.normalize('NFC'),
        box,
        size,
        bold,
        italic,
        color,
        link: null,
        spacing
      })
    }
    this.#text = ''
    this.#gaps = []
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
