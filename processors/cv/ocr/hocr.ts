/** A word that Tesseract read, in points of the picture. */
export interface OcrWord {
  readonly text: string
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  /** From 0 to 100. */
  readonly confidence: number
}

/** Words on one baseline, which falls by `slope` to the right and is at `baseline` below the line's left edge. */
export interface OcrLine {
  readonly left: number
  readonly baseline: number
  readonly slope: number
  /** From the top of its tallest letters to the bottom of its lowest, whether it has such or not. */
  readonly size: number
  readonly words: readonly OcrWord[]
}

const tag =
  /<span class='ocr_\w{1,20}'[^>]{0,80}? title="bbox (\d+) \d+ \d+ (\d+)([^"]{0,200})"|<span class='ocrx_word'[^>]{0,80}? title='bbox (\d+) (\d+) (\d+) (\d+); x_wconf (\d+)'[^>]{0,80}>([^\n]{0,2000})/g
const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'"
}

/** The lines of Tesseract's hOCR output (kba.github.io/hocr-spec/1.2). */
export function linesOfHocr(hocr: string): OcrLine[] {
  const lines: (OcrLine & { words: OcrWord[] })[] = []
  for (const match of hocr.matchAll(tag)) {
    const [, lineLeft, lineBottom, properties, left, top, right, bottom, confidence, inner] = match
    if (properties !== undefined) lines.push(lineFrom(Number(lineLeft), Number(lineBottom), properties))
    else {
      const text = textOf(inner ?? '')
      const place = { left: Number(left), top: Number(top), right: Number(right), bottom: Number(bottom) }
      if (text !== '') lines.at(-1)?.words.push({ text, ...place, confidence: Number(confidence) })
    }
  }
  return lines.filter(({ words }) => words.length > 0)
}

function lineFrom(left: number, bottom: number, properties: string): OcrLine & { words: OcrWord[] } {
  const [, slope = '0', offset = '0'] = properties.match(/baseline (-?[\d.]+) (-?[\d.]+)/) ?? []
  const size = properties.match(/x_size ([\d.]+)/)?.[1] ?? '0'
  return { left, baseline: bottom + Number(offset), slope: Number(slope), size: Number(size), words: [] }
}

function textOf(inner: string): string {
  return inner
    .replace(/<[^>]{0,100}>/g, '')
    .replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => entities[entity] ?? entity)
    .trim()
}
