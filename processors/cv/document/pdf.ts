import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { init, type WrappedPdfiumModule } from '@embedpdf/pdfium'
import { CvRefused } from '../refusal.ts'
import type { Box, Piece, ReadDocument } from './document.ts'
import { maxCharacters, readPage } from './pdf-page.ts'

const maxPages = 60

let loading: Promise<WrappedPdfiumModule> | null = null

/** PDFium as WebAssembly, started once in a process. */
function pdfium(): Promise<WrappedPdfiumModule> {
  loading ??= (async () => {
    const path = createRequire(import.meta.url).resolve('@embedpdf/pdfium/pdfium.wasm')
    const bytes = await readFile(path)
    const module = await init({
      wasmBinary: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)
    })
    module.PDFiumExt_Init()
    return module
  })()
  return loading
}

/** Each character of a PDF with its place and look, put together to words. Refuses what is encrypted or broken. */
export async function readPdf(bytes: Uint8Array): Promise<ReadDocument> {
  const module = await pdfium()
  const memory = module.pdfium.wasmExports
  const data = memory.malloc(bytes.length)
  module.pdfium.HEAPU8.set(bytes, data)
  const document = module.FPDF_LoadMemDocument(data, bytes.length, '')
  try {
    if (document === 0) throw refusal(module.FPDF_GetLastError())
    const pages = module.FPDF_GetPageCount(document)
    if (pages > maxPages) throw new CvRefused('CV_TOO_MANY_PAGES')
    return readPages(module, document, pages)
  } finally {
    if (document !== 0) module.FPDF_CloseDocument(document)
    memory.free(data)
  }
}

/** FPDF_GetLastError: 3 is no PDF or a broken one, 4 a password, 5 an unknown security handler. */
function refusal(code: number): CvRefused {
  return new CvRefused(code === 4 || code === 5 ? 'CV_ENCRYPTED' : 'CV_BROKEN')
}

function readPages(module: WrappedPdfiumModule, document: number, pages: number): ReadDocument {
  const pieces: Piece[] = []
  const links: string[] = []
  const warnings = new Set<string>()
  let characters = 0
  for (let index = 0; index < pages && characters < maxCharacters; index++) {
    const page = module.FPDF_LoadPage(document, index)
    if (page === 0) continue
    try {
      const annotations = linksOf(module, document, page)
      const found = readPage(module, page, index)
      characters += found.characters
      if (found.hidden > 0) warnings.add('hidden_text')
      const used = new Set<string>()
      for (const piece of found.pieces) pieces.push(withLink(piece, annotations, used))
      links.push(...annotations.map((link) => link.url).filter((url) => !used.has(url)))
    } finally {
      module.FPDF_ClosePage(page)
    }
  }
  if (characters >= maxCharacters) warnings.add('text_cut')
  return { type: 'pdf', pages, lines: null, pieces, links: [...new Set(links)], warnings: [...warnings] }
}

interface Annotation {
  readonly url: string
  readonly box: Box
}

function withLink(piece: Piece, annotations: readonly Annotation[], used: Set<string>): Piece {
  const x = (piece.box.left + piece.box.right) / 2
  const y = (piece.box.top + piece.box.bottom) / 2
  const at = annotations.find(({ box }) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom)
  if (!at) return piece
  used.add(at.url)
  return { ...piece, link: at.url }
}

/** Addresses of link annotations with their places. */
function linksOf(module: WrappedPdfiumModule, document: number, page: number): Annotation[] {
  const memory = module.pdfium
  const found: Annotation[] = []
  const height = module.FPDF_GetPageHeightF(page)
  const at = memory.wasmExports.malloc(32)
  try {
    memory.setValue(at, 0, 'i32')
    while (found.length < 500 && module.FPDFLink_Enumerate(page, at, at + 4)) {
      const link = memory.getValue(at + 4, 'i32')
      const action = module.FPDFLink_GetAction(link)
      if (action === 0 || !module.FPDFLink_GetAnnotRect(link, at + 8)) continue
      const url = uriOf(module, document, action)
      if (url === null) continue
      const [left, top, right, bottom] = [0, 4, 8, 12].map((offset) =>
        memory.getValue(at + 8 + offset, 'float')
      )
      const box = {
        left: left ?? 0,
        top: height - (top ?? 0),
        right: right ?? 0,
        bottom: height - (bottom ?? 0)
      }
      found.push({
        url,
        box: { ...box, top: Math.min(box.top, box.bottom), bottom: Math.max(box.top, box.bottom) }
      })
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
