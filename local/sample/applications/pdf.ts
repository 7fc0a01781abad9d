/** A4 in points. */
const page = '0 0 595 842'

/** A valid one-page PDF 1.4 with these lines in Helvetica; the same lines give the same bytes. */
export function pdfOf(lines: readonly string[]): Buffer {
  const text = lines.map((line, n) => `${n === 0 ? '' : '0 -18 Td '}(${escaped(line)}) Tj`).join('\n')
  const content = `BT /F1 12 Tf 60 780 Td\n${text}\nET`
  return assembled([
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    `<< /Type /Page /Parent 2 0 R /MediaBox [${page}] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>`,
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>'
  ])
}

/** Puts the objects behind each other, with the table of where each begins (ISO 32000-1, 7.5.4). */
function assembled(objects: readonly string[]): Buffer {
  let body = '%PDF-1.4\n%\xe2\xe3\xcf\xd3\n'
  const starts: number[] = []
  for (const [n, object] of objects.entries()) {
    starts.push(body.length)
    body += `${n + 1} 0 obj\n${object}\nendobj\n`
  }
  const entries = starts.map((start) => `${String(start).padStart(10, '0')} 00000 n \n`).join('')
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}`
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF\n`
  // One byte a character: WinAnsi is Latin-1 for the letters that French needs.
  return Buffer.from(body + table + trailer, 'latin1')
}

const escaped = (line: string) =>
  line
    .replaceAll('’', "'")
    .replaceAll(/[^\x20-\xff]/g, '?')
    .replaceAll(/[\\()]/g, String.raw`\$&`)
