import type { WrappedPdfiumModule } from '@embedpdf/pdfium'

/** A picture of a page: a byte a point, 0 is black. */
export interface GreyImage {
  readonly width: number
  readonly height: number
  readonly data: Buffer
  /** Points of the picture in a point of the page, which counts as wide as A4 where its size is no paper's. */
  readonly scale: number
}

/** What Tesseract was trained for. */
const wantedDpi = 300
/** A4 at 300 dpi has 8.7 million; a page that claims to be a wall is drawn smaller. */
const maxPoints = 12_000_000
/** Widths of paper; programs that make a page of a picture often count each of its points as one of the page. */
const paper = { narrowest: 400, widest: 1_200, usual: 595 }
/** FPDF_RenderPageBitmap's flags: annotations too, in grey. */
const flags = 0x01 | 0x08
const greyFormat = 1

/** Draws a page in grey on white, as a person sees it. */
export function greyImage(module: WrappedPdfiumModule, page: number): GreyImage {
  const [pageWidth, pageHeight] = [module.FPDF_GetPageWidthF(page), module.FPDF_GetPageHeightF(page)]
  const area = Math.max(1, pageWidth * pageHeight)
  const isPaper = pageWidth >= paper.narrowest && pageWidth <= paper.widest
  const unit = isPaper ? 1 : pageWidth / paper.usual
  const drawn = Math.min(wantedDpi / 72 / unit, Math.sqrt(maxPoints / area))
  const scale = drawn * unit
  const width = Math.max(1, Math.floor(pageWidth * drawn))
  const height = Math.max(1, Math.floor(pageHeight * drawn))
  const bitmap = module.FPDFBitmap_CreateEx(width, height, greyFormat, 0, 0)
  if (bitmap === 0) return { width: 1, height: 1, data: Buffer.from([255]), scale }
  try {
    module.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xffffffff)
    module.FPDF_RenderPageBitmap(bitmap, page, 0, 0, width, height, 0, flags)
    const at = module.FPDFBitmap_GetBuffer(bitmap)
    const stride = module.FPDFBitmap_GetStride(bitmap)
    const data = Buffer.alloc(width * height)
    for (let row = 0; row < height; row++)
      data.set(module.pdfium.HEAPU8.subarray(at + row * stride, at + row * stride + width), row * width)
    return { width, height, data, scale }
  } finally {
    module.FPDFBitmap_Destroy(bitmap)
  }
}
