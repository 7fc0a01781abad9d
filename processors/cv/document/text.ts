import type { ReadDocument } from './document.ts'
import { Flow, plain } from './flow.ts'
import { wideEncoding } from './wide-encoding.ts'

/** Lines of a text file: UTF-8 or UTF-16 with or without a mark, Windows-1252 or Mac Roman. */
export function readText(bytes: Uint8Array): ReadDocument {
  const flow = new Flow()
  addText(flow, decoded(bytes))
  return {
    type: 'txt',
    pages: flow.page + 1,
    lines: flow.lines,
    pieces: [],
    links: [],
    warnings: flow.hidden ? ['hidden_text'] : []
  }
}

/** Adds text to a flow: wide gaps and tabs part cells, a form feed pages. */
export function addText(flow: Flow, text: string): void {
  for (const raw of text.split(/\r\n|[\r\n\v\u2028\u2029]/)) {
    if (raw.includes('\f')) flow.page++
    const row = raw.replaceAll('\f', '')
    const indent = row.length - row.trimStart().length
    const cells = row
      .trim()
      .slice(0, 20_000)
      .split(/\t+|\s{3,}/)
    for (const [index, cell] of cells.entries()) {
      if (index > 0) flow.tab()
      flow.add(cell, plain)
    }
    flow.end({ indent: indent * 5 })
    if (flow.isFull) return
  }
}

function decoded(bytes: Uint8Array): string {
  const [a, b] = bytes
  if (a === 0xff && b === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (a === 0xfe && b === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  const wide = wideEncoding(bytes)
  if (wide) return new TextDecoder(wide).decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder(isMacRoman(bytes) ? 'macintosh' : 'windows-1252').decode(bytes)
  }
}

/** Letters of French and English texts are at other bytes in the two; those of Mac Roman are rare in Windows-1252. */
function isMacRoman(bytes: Uint8Array): boolean {
  const mac = new Set([0x8e, 0x8f, 0x88, 0x90, 0x9d, 0x8d])
  const windows = new Set([0xe9, 0xe8, 0xe0, 0xea, 0xfb, 0xe7, 0xf4, 0xee])
  let score = 0
  for (const byte of bytes) score += mac.has(byte) ? 1 : windows.has(byte) ? -1 : 0
  return score > 0
}
