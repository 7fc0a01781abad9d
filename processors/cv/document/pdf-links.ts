import type { WrappedPdfiumModule } from '@embedpdf/pdfium'
import type { Box, Piece } from './document.ts'
import { boxAt, type PagePlace } from './page-place.ts'

/** An address, and where on a page it is behind what stands there. */
export interface Annotation {
  readonly url: string
  readonly box: Box
}

export function withLink(piece: Piece, annotations: readonly Annotation[], used: Set<string>): Piece {
  const x = (piece.box.left + piece.box.right) / 2
  const y = (piece.box.top + piece.box.bottom) / 2
  const at = annotations.find(({ box }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom)
  if (!at) return piece
  used.add(at.url)
  return { ...piece, link: at.url }
}

/** A page of a document that PDFium has open. */
export interface OpenPage {
  readonly document: number
  readonly page: number
  readonly place: PagePlace
}

/** Addresses of link annotations with their places. */
export function linksOf(module: WrappedPdfiumModule, { document, page, place }: OpenPage): Annotation[] {
  const memory = module.pdfium
  const found: Annotation[] = []
  const at = memory.wasmExports.malloc(32)
  try {
    memory.setValue(at, 0, 'i32')
    while (found.length < 500 && module.FPDFLink_Enumerate(page, at, at + 4)) {
      const link = memory.getValue(at + 4, 'i32')
      const action = module.FPDFLink_GetAction(link)
      if (action === 0 || !module.FPDFLink_GetAnnotRect(link, at + 8)) continue
      const url = uriOf(module, document, action)
      if (url === null) continue
      const [left = 0, top = 0, right = 0, bottom = 0] = [0, 4, 8, 12].map((offset) =>
        memory.getValue(at + 8 + offset, 'float')
      )
      found.push({ url, box: boxAt(place, { left, top, right, bottom }) })
    }
  } finally {
    memory.wasmExports.free(at)
  }
  return found
}

function uriOf(module: WrappedPdfiumModule, document: number, action: number): string | null {
  const length = module.FPDFAction_GetURIPath(document, action, 0, 0)
  if (length <= 1 || length > 2_000) return null
  const memory = module.pdfium
  const at = memory.wasmExports.malloc(length)
  try {
    module.FPDFAction_GetURIPath(document, action, at, length)
    return memory.UTF8ToString(at)
  } finally {
    memory.wasmExports.free(at)
  }
}
