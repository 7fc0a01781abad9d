import { FileRefused } from '../refusal.ts'

/** What the first bytes of a content say it is. */
export type Signature = 'text' | 'json' | 'ndjson' | 'zip' | 'gzip' | 'compound' | 'parquet'

const others: readonly (readonly [RegExp, string])[] = [
  [/^%PDF-/, 'PDF'],
  [/^\x89PNG/, 'PNG'],
  [/^\xff\xd8\xff/, 'JPEG'],
  [/^GIF8/, 'GIF'],
  [/^7z\xbc\xaf/, '7z'],
  [/^Rar!/, 'RAR'],
  [/^\x28\xb5\x2f\xfd/, 'Zstandard'],
  [/^BZh\d/, 'bzip2'],
  [/^\xfd7zXZ/, 'xz'],
  [/^SQLite format 3/, 'SQLite'],
  [/^\x7fELF|^MZ/, 'a program'],
  [/^version https:\/\/git-lfs/, 'Git LFS pointer'],
  [/^\s*(?:<!doctype html|<html)/i, 'HTML'],
  [/^\s*<\?xml|^\s*<[a-z][\w:-]*[\s>]/i, 'XML'],
  [/^\s*\{\\rtf/, 'RTF']
]

/** What a content is by its first bytes; its name is not asked. Refuses what is empty or of a kind that is no table. */
export function signatureOf(head: Buffer): Signature {
  const bytes = head.subarray(0, 65_536).toString('latin1')
  const marked = bytes.replace(/^(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '')
  if (marked.trim() === '') throw new FileRefused({ code: 'empty_file' })
  if (bytes.startsWith('PK\x03\x04') || bytes.startsWith('PK\x05\x06')) return 'zip'
  if (bytes.startsWith('\x1f\x8b')) return 'gzip'
  if (bytes.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) return 'compound'
  if (bytes.startsWith('PAR1')) return 'parquet'
  const other = others.find(([pattern]) => pattern.test(marked))
  if (other) throw new FileRefused({ code: 'not_tabular', value: other[1] })
  if (isBinary(head)) throw new FileRefused({ code: 'not_tabular', value: 'binary data' })
  return jsonKind(marked.replace(/^[\s\0]+/, '')) ?? 'text'
}

/** Text has few control characters; in UTF-16 every other byte is zero. */
function isBinary(head: Buffer): boolean {
  const part = head.subarray(0, 65_536)
  const odd = part.filter(
    (byte) => byte !== 0 && (byte < 9 || (byte > 13 && byte < 26) || (byte > 27 && byte < 32))
  ).length
  const even = part.filter((byte, index) => byte === 0 && index % 2 === 0).length
  const uneven = part.filter((byte, index) => byte === 0 && index % 2 === 1).length
  const isWide = Math.max(even, uneven) > part.length * 0.3 && Math.min(even, uneven) < part.length * 0.05
  return odd > part.length * 0.02 || (!isWide && even + uneven > part.length * 0.05)
}

function jsonKind(text: string): 'json' | 'ndjson' | null {
  const plain = text.replaceAll('\0', '')
  if (/^\[\s*(?:[{[\]"\d]|$)/.test(plain) && !/^\[[^\n]*\]\s*[;,|\t]/.test(plain)) return 'json'
  if (!/^\{\s*(?:"|\}|$)/.test(plain)) return null
  const [first = '', second = ''] = plain.split(/\r?\n/).filter((line) => line.trim() !== '')
  try {
    JSON.parse(first)
    return second === '' ? 'json' : 'ndjson'
  } catch {
    return second.startsWith('{') && first.endsWith('}') ? 'ndjson' : 'json'
  }
}
