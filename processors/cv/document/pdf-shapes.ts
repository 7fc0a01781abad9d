import type { WrappedPdfiumModule } from '@embedpdf/pdfium'
import type { Box } from './document.ts'

/** Something with a surface that a page paints. */
export interface Shape {
  readonly box: Box
  /** When it is painted, among all that the page paints. */
  readonly at: number
  /** Its color as 0xRRGGBB; null where it has several, or none that is known. */
  readonly color: number | null
}

/** What a page paints besides letters. */
export interface Shapes {
  readonly shapes: readonly Shape[]
  /** When each text is painted. */
  readonly order: ReadonlyMap<number, number>
  /** Groups that paint both texts and surfaces, whose own order is not told. */
  readonly mixed: ReadonlySet<number>
}

/** FPDF_PAGEOBJ_… */
const kinds = { text: 1, path: 2, image: 3, shading: 4, form: 5 }
const mostObjects = 20_000
const deepest = 8

export function shapesOf(module: WrappedPdfiumModule, page: number): Shapes {
  const shapes: Shape[] = []
  const order = new Map<number, number>()
  const mixed = new Set<number>()
  const count = Math.min(module.FPDFPage_CountObjects(page), mostObjects)
  for (let at = 0; at < count; at++) {
    const object = module.FPDFPage_GetObject(page, at)
    const kind = module.FPDFPageObj_GetType(object)
    if (kind === kinds.text) order.set(object, at)
    else if (kind === kinds.path) {
      const color = fillOf(module, object)
      if (color !== null) shapes.push({ box: boundsOf(module, object), at, color })
    } else {
      if (kind === kinds.form && grouped(module, object, { at, order, left: mostObjects, depth: 0 }))
        mixed.add(at)
      shapes.push({ box: boundsOf(module, object), at, color: null })
    }
  }
  return { shapes, order, mixed }
}

interface Group {
  readonly at: number
  readonly order: Map<number, number>
  readonly left: number
  readonly depth: number
}

/** Notes the texts of a group; whether it has both texts and surfaces. */
function grouped(module: WrappedPdfiumModule, form: number, { at, order, left, depth }: Group): boolean {
  let [texts, surfaces] = [false, false]
  const count = Math.min(module.FPDFFormObj_CountObjects(form), left)
  for (let index = 0; index < count && order.size < mostObjects; index++) {
    const object = module.FPDFFormObj_GetObject(form, index)
    const kind = module.FPDFPageObj_GetType(object)
    if (kind === kinds.text) {
      order.set(object, at)
      texts = true
    } else {
      surfaces = true
      if (kind === kinds.form && depth < deepest)
        texts = grouped(module, object, { at, order, left: left >> 3, depth: depth + 1 }) || texts
    }
  }
  return texts && surfaces
}

/** The color that fills a path, or null where only its line is drawn. */
function fillOf(module: WrappedPdfiumModule, path: number): number | null {
  const { wasmExports, getValue } = module.pdfium
  const at = wasmExports.malloc(16)
  try {
    module.FPDFPath_GetDrawMode(path, at, at + 4)
    if (getValue(at, 'i32') === 0) return null
    if (!module.FPDFPageObj_GetFillColor(path, at, at + 4, at + 8, at + 12)) return null
    const [red = 0, green = 0, blue = 0] = [0, 4, 8].map((offset) => getValue(at + offset, 'i32'))
    return (red << 16) | (green << 8) | blue
  } finally {
    wasmExports.free(at)
  }
}

/** Where an object of a page is, in the page's own space, whose y grows upwards. */
export function boundsOf(module: WrappedPdfiumModule, object: number): Box {
  const { wasmExports, getValue } = module.pdfium
  const at = wasmExports.malloc(16)
  try {
    const isKnown = module.FPDFPageObj_GetBounds(object, at, at + 4, at + 8, at + 12)
    // It gives left, bottom, right and top.
    const [left = 0, bottom = 0, right = 0, top = 0] = [0, 4, 8, 12].map((offset) =>
      isKnown ? getValue(at + offset, 'float') : 0
    )
    return { left, top, right, bottom }
  } finally {
    wasmExports.free(at)
  }
}
