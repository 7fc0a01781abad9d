import type { WrappedPdfiumModule } from '@embedpdf/pdfium'
import type { Box } from './document.ts'
import type { PagePlace } from './page-place.ts'

/** Points of a picture for a point of the page: enough for letters to be seen. */
const wantedScale = 1.5
const maxPoints = 2_500_000
/** FPDFBitmap_BGR, and annotations drawn too. */
const [colors, withAnnotations] = [2, 0x01]

/** A page as a picture, in colors. */
export class Bitmap {
  readonly #module: WrappedPdfiumModule
  readonly #bitmap: number
  readonly #scale: number
  readonly #width: number
  readonly #height: number

  constructor(module: WrappedPdfiumModule, { width, height }: PagePlace) {
    this.#module = module
    this.#scale = Math.min(wantedScale, Math.sqrt(maxPoints / Math.max(1, width * height)))
    this.#width = Math.max(1, Math.floor(width * this.#scale))
    this.#height = Math.max(1, Math.floor(height * this.#scale))
    this.#bitmap = module.FPDFBitmap_CreateEx(this.#width, this.#height, colors, 0, 0)
  }

  close(): void {
    if (this.#bitmap !== 0) this.#module.FPDFBitmap_Destroy(this.#bitmap)
  }

  draw(page: number): void {
    this.#module.FPDFBitmap_FillRect(this.#bitmap, 0, 0, this.#width, this.#height, 0xffffffff)
    this.#module.FPDF_RenderPageBitmap(
      this.#bitmap,
      page,
      0,
      0,
      this.#width,
      this.#height,
      0,
      withAnnotations
    )
  }

  /** How much a point of an area differs at most from the same one of another picture of the page, of 255. */
  difference(other: Bitmap, area: Box): number {
    const heap = this.#module.pdfium.HEAPU8
    const [left, right] = [area.left, area.right].map((x) => this.#within(x, this.#width)) as [number, number]
    const [top, bottom] = [area.top, area.bottom].map((y) => this.#within(y, this.#height)) as [
      number,
      number
    ]
    const stride = this.#module.FPDFBitmap_GetStride(this.#bitmap)
    const [own, others] = [this, other].map((each) => this.#module.FPDFBitmap_GetBuffer(each.#bitmap)) as [
      number,
      number
    ]
    let most = 0
    for (let row = top; row <= bottom; row++)
      for (let at = row * stride + left * 3; at < row * stride + right * 3 + 3; at++)
        most = Math.max(most, Math.abs((heap[own + at] as number) - (heap[others + at] as number)))
    return most
  }

  #within(place: number, end: number): number {
    return Math.max(0, Math.min(end - 1, Math.floor(place * this.#scale)))
  }
}
