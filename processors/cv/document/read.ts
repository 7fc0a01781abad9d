import { readingOrder } from '../layout/lines.ts'
import { pictureAsPdf } from '../ocr/picture.ts'
import type { Recognise } from '../ocr/tesseract.ts'
import { CvRefused } from '../refusal.ts'
import { readDoc } from './doc.ts'
import type { DocumentType, Line, ReadDocument } from './document.ts'
import { readDocx } from './docx.ts'
import { readPdf } from './pdf.ts'
import { readRtf } from './rtf.ts'
import { readText } from './text.ts'

type Reading = ReadDocument | Promise<ReadDocument>

const readers: Readonly<Record<DocumentType, (bytes: Uint8Array, recognise: Recognise | null) => Reading>> = {
  pdf: readPdf,
  docx: readDocx,
  doc: readDoc,
  rtf: readRtf,
  txt: readText,
  jpeg: async (bytes, recognise) => ({
    ...(await readPdf(pictureAsPdf(bytes, 'jpeg'), recognise)),
    type: 'jpeg'
  }),
  png: async (bytes, recognise) => ({
    ...(await readPdf(pictureAsPdf(bytes, 'png'), recognise)),
    type: 'png'
  })
}

/** A document's lines in reading order, the same for every format. */
export interface DocumentText {
  readonly type: DocumentType
  readonly pages: number
  readonly lines: readonly Line[]
  readonly links: readonly string[]
  readonly warnings: readonly string[]
  readonly ocrPages: ReadonlySet<number>
}

const fewestLetters = 40

/** Reads a document of a known type, and pictures in it where `recognise` is given. Refuses one without text. */
export async function readDocument(
  bytes: Uint8Array,
  type: DocumentType,
  recognise: Recognise | null = null
): Promise<DocumentText> {
  const { pages, lines, pieces, links, warnings, ocrPages } = await readers[type](bytes, recognise)
  const ordered = lines ?? readingOrder(pieces)
  const letters = ordered.reduce((sum, line) => sum + (line.text.match(/\p{L}/gu)?.length ?? 0), 0)
  if (letters < fewestLetters)
    throw new CvRefused(warnings.includes('picture_not_read') ? 'CV_PICTURE' : 'CV_NO_TEXT')
  return { type, pages, lines: ordered, links, warnings, ocrPages: ocrPages ?? new Set() }
}
