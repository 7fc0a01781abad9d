import { readingOrder } from '../layout/lines.ts'
import { CvRefused } from '../refusal.ts'
import { readDoc } from './doc.ts'
import type { DocumentType, Line, ReadDocument } from './document.ts'
import { readDocx } from './docx.ts'
import { readPdf } from './pdf.ts'
import { readRtf } from './rtf.ts'
import { readText } from './text.ts'

const readers: Readonly<Record<DocumentType, (bytes: Uint8Array) => ReadDocument | Promise<ReadDocument>>> = {
  pdf: readPdf,
  docx: readDocx,
  doc: readDoc,
  rtf: readRtf,
  txt: readText
}

/** A document's lines in reading order, the same for every format. */
export interface DocumentText {
  readonly type: DocumentType
  readonly pages: number
  readonly lines: readonly Line[]
  readonly links: readonly string[]
  readonly warnings: readonly string[]
}

const fewestLetters = 40

/** Reads a document of a known type. Refuses one without text. */
export async function readDocument(bytes: Uint8Array, type: DocumentType): Promise<DocumentText> {
  const { pages, lines, pieces, links, warnings } = await readers[type](bytes)
  const ordered = lines ?? readingOrder(pieces)
  const letters = ordered.reduce((sum, line) => sum + (line.text.match(/\p{L}/gu)?.length ?? 0), 0)
  if (letters < fewestLetters) throw new CvRefused('CV_NO_TEXT')
  return { type, pages, lines: ordered, links, warnings }
}
