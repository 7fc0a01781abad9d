import WordExtractor from 'word-extractor'
import { CvRefused } from '../refusal.ts'
import type { ReadDocument } from './document.ts'
import { addText } from './text.ts'
import { Flow } from './flow.ts'

/** Paragraphs of a Word 97–2003 file: page headers, body, text boxes. It has no looks. */
export async function readDoc(bytes: Uint8Array): Promise<ReadDocument> {
  const document = await new WordExtractor().extract(Buffer.from(bytes)).catch(() => {
    throw new CvRefused('CV_BROKEN')
  })
  const flow = new Flow()
  const parts = [
    document.getHeaders({ includeFooters: false }),
    document.getBody(),
    document.getTextboxes({})
  ]
  for (const part of parts) {
    addText(flow, part)
    flow.block++
  }
  return {
    type: 'doc',
    pages: 1,
    lines: flow.lines,
    pieces: [],
    links: [],
    warnings: flow.hidden ? ['hidden_text'] : []
  }
}
