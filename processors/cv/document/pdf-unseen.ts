import type { WrappedPdfiumModule } from '@embedpdf/pdfium'
import { Bitmap } from './bitmap.ts'
import type { Box, Piece } from './document.ts'
import { boxAt, type PagePlace } from './page-place.ts'
import { type Shape, shapesOf } from './pdf-shapes.ts'

/** A word with what paints it. */
export interface PaintedWord {
  readonly piece: Piece
  readonly objects: readonly number[]
  /** It may be there without being seen, by its color or how it is painted. */
  readonly isFaint: boolean
}

interface Page {
  readonly page: number
  readonly place: PagePlace
}

/**
 * The words of a page that paint nothing which a person sees: of the paper's color, behind a picture, cut away by a path,
 * of a layer that is off. Where there may be such words, the page is drawn with and without them: what makes no
 * difference is not there for people. White letters on a dark ground make one.
 */
export function unseenWords(
  module: WrappedPdfiumModule,
  { page, place }: Page,
  words: readonly PaintedWord[]
): ReadonlySet<PaintedWord> {
  const doubtful = doubtfulWords(module, { page, place }, words)
  if (doubtful.length === 0) return new Set()
  const objects = [...new Set(doubtful.flatMap((word) => word.objects))].filter((object) => object !== 0)
  const [whole, without] = [new Bitmap(module, place), new Bitmap(module, place)]
  try {
    whole.draw(page)
    for (const object of objects) module.FPDFPageObj_SetIsActive(object, false)
    without.draw(page)
    for (const object of objects) module.FPDFPageObj_SetIsActive(object, true)
    return new Set(doubtful.filter(({ piece }) => whole.difference(without, inkOf(piece)) < leastDifference))
  } finally {
    whole.close()
    without.close()
  }
}

/** Of 255: what is nearer to the color behind it is not read by anybody. */
const leastDifference = 20

/** Where most of a word's ink is, so that the lines above and below do not count. */
function inkOf({ box, size }: Piece): Box {
  return { ...box, top: box.top + size * 0.05, bottom: box.bottom - size * 0.1 }
}

const mostComparisons = 2_000_000

function doubtfulWords(
  module: WrappedPdfiumModule,
  { page, place }: Page,
  words: readonly PaintedWord[]
): readonly PaintedWord[] {
  if (words.length === 0) return []
  const { shapes, order, mixed } = shapesOf(module, page)
  const placed = shapes.map((shape) => ({ ...shape, box: boxAt(place, shape.box) }))
  if (placed.length * words.length > mostComparisons) return words
  return words.filter((word) => {
    if (word.isFaint || lightOf(word.piece.color) > lightest) return true
    const at = order.get(word.objects[0] ?? 0)
    return at === undefined || mixed.has(at) || placed.some((shape) => mayHide(shape, word.piece, at))
  })
}

/** Letters lighter than this are seen on a ground of their own. */
const lightest = 180
const nearColor = 90

/** Whether a shape may be what hides a word: it is painted over it, or is like it in color behind it. */
function mayHide({ box, at, color }: Shape, { box: own, color: ownColor }: Piece, textAt: number): boolean {
  const isApart = box.right < own.left || box.left > own.right || box.bottom < own.top || box.top > own.bottom
  if (isApart || at === textAt) return false
  return at > textAt || color === null || Math.abs(lightOf(color) - lightOf(ownColor)) < nearColor
}

/** How light a color is, from 0 to 255 (ITU-R BT.601). */
function lightOf(color: number): number {
  return 0.299 * (color >> 16) + 0.587 * ((color >> 8) & 255) + 0.114 * (color & 255)
}

/** Whether what paints a text belongs to a layer, which may be off (marked content /OC). */
export function isLayered(module: WrappedPdfiumModule, object: number): boolean {
  if (object === 0) return false
  const count = Math.min(module.FPDFPageObj_CountMarks(object), 20)
  for (let index = 0; index < count; index++)
    if (nameOf(module, module.FPDFPageObj_GetMark(object, index)) === 'OC') return true
  return false
}

function nameOf(module: WrappedPdfiumModule, mark: number): string {
  const { wasmExports, UTF16ToString } = module.pdfium
  const at = wasmExports.malloc(68)
  try {
    module.FPDFPageObjMark_GetName(mark, at, 64, at + 64)
    return UTF16ToString(at)
  } finally {
    wasmExports.free(at)
  }
}
