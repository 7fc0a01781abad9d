import type { WrappedPdfiumModule } from '@embedpdf/pdfium'
import type { Box } from './document.ts'

/** Where points of a page's own space are on what a person sees, which its crop box cuts and its rotation turns. */
export interface PagePlace {
  readonly width: number
  readonly height: number
  /** From the page's space, whose y grows upwards, to points from the top left corner. */
  readonly at: (x: number, y: number) => { readonly x: number; readonly y: number }
}

export function placeOf(module: WrappedPdfiumModule, page: number): PagePlace {
  const { left, top, right, bottom } = boundsOf(module, page)
  const turns = [
    (x: number, y: number) => ({ x: x - left, y: top - y }),
    (x: number, y: number) => ({ x: y - bottom, y: x - left }),
    (x: number, y: number) => ({ x: right - x, y: y - bottom }),
    (x: number, y: number) => ({ x: top - y, y: right - x })
  ] as const
  return {
    width: module.FPDF_GetPageWidthF(page),
    height: module.FPDF_GetPageHeightF(page),
    at: turns[module.FPDFPage_GetRotation(page)] ?? turns[0]
  }
}

/** A box whose corners are given in the page's space. */
export function boxAt({ at }: PagePlace, corners: Box): Box {
  const [a, b] = [at(corners.left, corners.top), at(corners.right, corners.bottom)]
  return {
    left: Math.min(a.x, b.x),
    right: Math.max(a.x, b.x),
    top: Math.min(a.y, b.y),
    bottom: Math.max(a.y, b.y)
  }
}

function boundsOf(module: WrappedPdfiumModule, page: number): Box {
  const { wasmExports, getValue } = module.pdfium
  const at = wasmExports.malloc(16)
  try {
    const isKnown = module.FPDF_GetPageBoundingBox(page, at)
    const [left = 0, top = 0, right = 0, bottom = 0] = [0, 4, 8, 12].map((offset) =>
      isKnown ? getValue(at + offset, 'float') : 0
    )
    return { left, top, right, bottom }
  } finally {
    wasmExports.free(at)
  }
}
