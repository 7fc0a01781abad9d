import type { WrappedPdfiumModule } from '@embedpdf/pdfium'
import { greyImage } from '../ocr/grey-image.ts'
import { piecesOf } from '../ocr/ocr-pieces.ts'
import type { Recognise } from '../ocr/tesseract.ts'
import { CvRefused } from '../refusal.ts'
import type { Piece, ReadDocument } from './document.ts'
import { placeOf } from './page-place.ts'
import { linksOf, withLink } from './pdf-links.ts'
import { maxCharacters, type PageText, readPage } from './pdf-page.ts'
import { boundsOf } from './pdf-shapes.ts'
import { pdfium } from './pdfium.ts'

const maxPages = 60

/**
 * Each character of a PDF with its place and look, put together to words; pages that are pictures are read by
 * `recognise` where it is given. Refuses what is encrypted or broken.
 */
export async function readPdf(bytes: Uint8Array, recognise: Recognise | null = null): Promise<ReadDocument> {
  const module = await pdfium()
  const memory = module.pdfium.wasmExports
  const data = memory.malloc(bytes.length)
  module.pdfium.HEAPU8.set(bytes, data)
  const document = module.FPDF_LoadMemDocument(data, bytes.length, '')
  try {
    if (document === 0) throw refusal(module.FPDF_GetLastError())
    const pages = module.FPDF_GetPageCount(document)
    if (pages > maxPages) throw new CvRefused('CV_TOO_MANY_PAGES')
    return await new PdfReader(module, document, recognise).read(pages)
  } finally {
    if (document !== 0) module.FPDF_CloseDocument(document)
    memory.free(data)
  }
}

/** FPDF_GetLastError: 3 is no PDF or a broken one, 4 a password, 5 an unknown security handler. */
function refusal(code: number): CvRefused {
  return new CvRefused(code === 4 || code === 5 ? 'CV_ENCRYPTED' : 'CV_BROKEN')
}

/** A CV has few pages; each one that is a picture takes seconds. */
const maxPictures = 8

class PdfReader {
  readonly #module: WrappedPdfiumModule
  readonly #document: number
  readonly #recognise: Recognise | null
  readonly #pieces: Piece[] = []
  readonly #links = new Set<string>()
  readonly #warnings = new Set<string>()
  readonly #ocrPages = new Set<number>()
  #characters = 0

  constructor(module: WrappedPdfiumModule, document: number, recognise: Recognise | null) {
    this.#module = module
    this.#document = document
    this.#recognise = recognise
  }

  async read(pages: number): Promise<ReadDocument> {
    for (let index = 0; index < pages && this.#characters < maxCharacters; index++) {
      const page = this.#module.FPDF_LoadPage(this.#document, index)
      if (page === 0) continue
      try {
        await this.#page(page, index)
      } finally {
        this.#module.FPDF_ClosePage(page)
      }
    }
    if (this.#characters >= maxCharacters) this.#warnings.add('text_cut')
    return {
      type: 'pdf',
      pages,
      lines: null,
      pieces: this.#pieces,
      links: [...this.#links],
      warnings: [...this.#warnings],
      ocrPages: this.#ocrPages
    }
  }

  async #page(page: number, index: number): Promise<void> {
    const place = placeOf(this.#module, page)
    const found = readPage(this.#module, page, { index, place })
    this.#characters += found.characters
    const read = isPicture(this.#module, page, found) ? await this.#picture(page, index) : null
    // The text behind a scan is what a scanner took it for: where the picture itself is read, nothing is hidden.
    if (found.hidden > 0 && read === null) this.#warnings.add('hidden_text')
    const annotations = linksOf(this.#module, { document: this.#document, page, place })
    const used = new Set<string>()
    for (const piece of read ?? found.pieces) this.#pieces.push(withLink(piece, annotations, used))
    for (const { url } of annotations) if (!used.has(url)) this.#links.add(url)
  }

  async #picture(page: number, index: number): Promise<Piece[] | null> {
    if (this.#recognise === null || this.#ocrPages.size >= maxPictures) {
      this.#warnings.add('picture_not_read')
      return null
    }
    const image = greyImage(this.#module, page)
    const pieces = piecesOf(await this.#recognise(image), image, index)
    this.#ocrPages.add(index)
    this.#warnings.add('ocr')
    return pieces
  }
}

const fewestLetters = 40
/** A picture on more of a page than this may be the page itself. */
const pictureShare = 0.3
/** Letters that were turned to outlines are very many shapes. */
const manyShapes = 60
const kinds = { path: 2, image: 3, form: 5 }

/** Whether a page has hardly any letters that are text, and pictures or outlines instead. */
function isPicture(module: WrappedPdfiumModule, page: number, { shown }: PageText): boolean {
  if (shown >= fewestLetters) return false
  const area = module.FPDF_GetPageWidthF(page) * module.FPDF_GetPageHeightF(page)
  const count = Math.min(module.FPDFPage_CountObjects(page), 10_000)
  let [covered, shapes] = [0, 0]
  for (let index = 0; index < count; index++) {
    const object = module.FPDFPage_GetObject(page, index)
    const kind = module.FPDFPageObj_GetType(object)
    if (kind === kinds.path) shapes++
    if (kind === kinds.image || kind === kinds.form) covered += areaOf(module, object)
  }
  return covered > area * pictureShare || shapes >= manyShapes
}

function areaOf(module: WrappedPdfiumModule, object: number): number {
  const { left, top, right, bottom } = boundsOf(module, object)
  return Math.max(0, right - left) * Math.max(0, top - bottom)
}
