/** A PDF of pages that are given as what is painted on them; Helvetica is /F1, its bold /F2, both of Windows-1252. */
export function pdfOf(pages: readonly string[], options: PdfOptions = {}): Buffer {
  const { pageEntries = '', resources = '', catalogEntries = '', objects = [] } = options
  const first = 5 + pages.length * 2
  const kids = pages.map((_, index) => `${5 + index * 2} 0 R`).join(' ')
  const font = (name: string) =>
    `<< /Type /Font /Subtype /Type1 /BaseFont /${name} /Encoding /WinAnsiEncoding >>`
  const isContent = (index: number) => index >= 4 && index < first - 1 && index % 2 === 1
  const all = [
    `<< /Type /Catalog /Pages 2 0 R ${catalogEntries} >>`,
    `<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`,
    font('Helvetica'),
    font('Helvetica-Bold'),
    ...pages.flatMap((content, index) => [
      `<< /Type /Page /Parent 2 0 R ${pageEntries.includes('/MediaBox') ? '' : '/MediaBox [0 0 595 842]'} ${pageEntries} /Resources << /Font << /F1 3 0 R /F2 4 0 R >> ${resources} >> /Contents ${6 + index * 2} 0 R >>`,
      streamOf(content)
    ]),
    ...objects
  ]
  return withTable(
    all.map((object, index) => (isContent(index) ? object : object.replaceAll('@', String(first))))
  )
}

export interface PdfOptions {
  /** Entries of each page's dictionary, such as a crop box. */
  readonly pageEntries?: string
  /** Entries of its resources. */
  readonly resources?: string
  /** Entries of the document's catalogue. */
  readonly catalogEntries?: string
  /** Objects besides; @ stands for the number of the first of them, in all entries. */
  readonly objects?: readonly string[]
}

/** A stream, with entries of its dictionary. */
export function streamOf(content: string, entries = ''): string {
  return `<< ${entries} /Length ${content.length} >>\nstream\n${content}\nendstream`
}

function withTable(objects: readonly string[]): Buffer {
  let text = '%PDF-1.7\n'
  const offsets = objects.map((object, index) => {
    const at = text.length
    text += `${index + 1} 0 obj\n${object}\nendobj\n`
    return at
  })
  const table = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')
  text += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`
  return Buffer.from(text, 'latin1')
}

/** Text at a place, in points from the bottom left corner. */
export function shown(text: string, { x = 50, y = 800, size = 11, font = 'F1', before = '' } = {}): string {
  const escaped = text.replaceAll('•', '\x95').replace(/[\\()]/g, '\\$&')
  return `q BT ${before} /${font} ${size} Tf 1 0 0 1 ${x} ${y} Tm (${escaped}) Tj ET Q\n`
}

/** A page with a line of text each; lines in capitals are headings, larger and bold. */
export function pageOf(text: string): string {
  return text
    .split('\n')
    .map((line, index) => {
      const isHeading = line === line.toUpperCase() || index === 0
      return shown(line, { y: 800 - index * 17, size: isHeading ? 14 : 11, font: isHeading ? 'F2' : 'F1' })
    })
    .join('')
}
