import type { DocumentType } from './document/document.ts'
import { wideEncoding } from './document/wide-encoding.ts'
import { CvRefused } from './refusal.ts'

/** The most a CV may have, in bytes: `MAX_CONTENT_LENGTH` of the old service. */
const maxBytes = 10_485_760

/** What kind of document bytes are, by content alone. Refuses what is empty, too large or of another kind. */
export function identify(bytes: Uint8Array): DocumentType {
  if (bytes.length === 0) throw new CvRefused('CV_EMPTY')
  if (bytes.length > maxBytes) throw new CvRefused('CV_TOO_LARGE')
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1_024)).toString('latin1')
  // Readers of PDF take its mark within the first 1,024 bytes (ISO 32000-1, annex H, note 13).
  if (head.includes('%PDF-')) return 'pdf'
  if (/^\s*\{\\rt/.test(head)) return 'rtf'
  if (head.startsWith('PK\x03\x04')) return 'docx'
  if (head.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) return docOf(bytes)
  if (head.startsWith('\xff\xd8\xff')) return 'jpeg'
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return 'png'
  if (isText(bytes)) return 'txt'
  throw new CvRefused('CV_WRONG_TYPE')
}

/** A compound file is a Word document where it has that stream; an encrypted DOCX is one that has another. */
function docOf(bytes: Uint8Array): DocumentType {
  const has = (name: string) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(Buffer.from(name, 'utf16le'))
  if (has('EncryptedPackage')) throw new CvRefused('CV_ENCRYPTED')
  if (!has('WordDocument')) throw new CvRefused('CV_WRONG_TYPE')
  if (has('_VBA_PROJECT')) throw new CvRefused('CV_MACROS')
  return 'doc'
}

function isText(bytes: Uint8Array): boolean {
  const [a, b] = bytes
  if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff) || wideEncoding(bytes)) return true
  const part = bytes.subarray(0, 65_536)
  let odd = 0
  for (const byte of part) {
    if (byte === 0) return false
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) odd++
  }
  return odd < part.length * 0.02
}

/** The type that a file's name claims, or null where it claims none that is read here. */
export function typeByName(name: string): DocumentType | null {
  const ending = name.toLowerCase().match(/\.([a-z]{2,5})$/)?.[1]
  const types: Readonly<Record<string, DocumentType>> = {
    pdf: 'pdf',
    docx: 'docx',
    doc: 'doc',
    rtf: 'rtf',
    txt: 'txt',
    text: 'txt',
    jpg: 'jpeg',
    jpeg: 'jpeg',
    png: 'png'
  }
  return types[ending ?? ''] ?? null
}
