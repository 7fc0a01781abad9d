import { createReadStream, statSync } from 'node:fs'
import { basename } from 'node:path'
import { createGunzip } from 'node:zlib'
import type { Report } from '../report/finding.ts'
import { FileRefused } from '../refusal.ts'
import type { Content } from './content.ts'
import { guarded, megabytes } from './inflate.ts'
import { type Signature, signatureOf } from './signature.ts'
import { type ZipEntry, zipEntries } from './zip.ts'

/** A file's content out of whatever it is packed in, and what it is. */
export interface Source {
  readonly content: Content
  readonly kind: Exclude<Signature, 'zip' | 'gzip' | 'compound'> | 'xlsx' | 'ods' | 'xls'
  /** The name that counts, without the ending of a packing. */
  readonly name: string
  readonly bytes: number
}

/** Opens a file by its content: gzip and zip are unpacked once, workbooks told from other archives. */
export async function openSource(path: string, report: Report): Promise<Source> {
  const file: Content = {
    name: basename(path),
    open: () => createReadStream(path, { highWaterMark: 1 << 18 })
  }
  const { size } = statSync(path)
  const signature = signatureOf(await headOf(file))
  if (signature === 'gzip') return unzipped({ file, path, size }, report)
  if (signature !== 'zip') return plain(file, signature, size)
  return zipped({ file, path, size }, report)
}

interface Opened {
  readonly file: Content
  readonly path: string
  readonly size: number
}

async function plain(content: Content, signature: Signature, bytes: number): Promise<Source> {
  if (signature === 'zip' || signature === 'gzip') throw new FileRefused({ code: 'nested_archive' })
  if (signature !== 'compound') return { content, kind: signature, name: content.name, bytes }
  return { content, kind: await compoundKind(content), name: content.name, bytes }
}

async function unzipped({ file, path, size }: Opened, _report: Report): Promise<Source> {
  const content: Content = {
    name: file.name.replace(/\.gz$/i, ''),
    open: () => {
      const source = createReadStream(path)
      const gunzip = createGunzip()
      source.on('error', (error) => gunzip.destroy(error))
      gunzip.on('close', () => source.destroy())
      return guarded(source.pipe(gunzip), { packedBytes: size })
    }
  }
  return plain(content, signatureOf(await headOf(content)), size)
}

async function zipped({ file, path, size }: Opened, report: Report): Promise<Source> {
  const entries = await zipEntries(path)
  const book = await workbookKind(entries)
  if (book !== null) {
    await checkSound(entries)
    return { content: file, kind: book, name: file.name, bytes: size }
  }
  const found: { entry: ZipEntry; signature: Signature }[] = []
  const ignored: string[] = []
  for (const entry of entries) {
    const signature = isBeside(entry.name) ? null : await tableSignature(entry.content)
    if (signature === null) ignored.push(entry.name)
    else found.push({ entry, signature })
  }
  const [first, ...others] = found
  if (first === undefined) throw new FileRefused({ code: 'not_tabular', value: 'an archive without a table' })
  if (others.length > 0)
    throw new FileRefused({ code: 'several_tables', values: found.map(({ entry }) => entry.name) })
  if (ignored.length > 0) report({ code: 'ignored_entry', count: ignored.length, values: ignored })
  const content = { ...first.entry.content, name: first.entry.name.split(/[\\/]/).at(-1) ?? first.entry.name }
  if (first.signature === 'zip') throw new FileRefused({ code: 'nested_archive' })
  return plain(content, first.signature, first.entry.bytes)
}

/** Inflates all parts of a workbook once, which finds damage and bombs that its reader would not. */
async function checkSound(entries: readonly ZipEntry[]): Promise<void> {
  let bytes = 0
  for (const { content } of entries)
    for await (const chunk of content.open() as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > mostWorkbookBytes)
        throw new FileRefused({ code: 'archive_too_large', expected: megabytes(mostWorkbookBytes) })
    }
}

/** The most that the parts of a workbook may be when inflated. */
const mostWorkbookBytes = 512 * 2 ** 20

/** What operating systems and people put beside data. */
const isBeside = (name: string) =>
  /(?:^|\/)(?:__MACOSX\/|\.|Thumbs\.db|desktop\.ini)/i.test(name) ||
  /(?:^|\/)(?:readme|lisez[-_ ]?moi|licen[cs]e|notice|metadonnees|documentation)[^/]*$/i.test(name) ||
  /\.(?:md|pdf|html?|docx?|xml|prj|dbf|shx|png|jpe?g|rtf)$/i.test(name)

async function tableSignature(content: Content): Promise<Signature | null> {
  try {
    return signatureOf(await headOf(content))
  } catch (error) {
    if (error instanceof FileRefused && ['empty_file', 'not_tabular'].includes(error.finding.code))
      return null
    throw error
  }
}

/** A workbook is an archive of parts with certain names; a document of another program is none. */
async function workbookKind(entries: readonly ZipEntry[]): Promise<'xlsx' | 'ods' | null> {
  const has = (pattern: RegExp) => entries.some(({ name }) => pattern.test(name))
  if (has(/^xl\/workbook\.(?:xml|bin)$/i)) return 'xlsx'
  if (has(/^(?:word|ppt)\//)) throw new FileRefused({ code: 'not_tabular', value: 'Word or PowerPoint' })
  const mime = entries.find(({ name }) => name === 'mimetype')
  if (!mime || !has(/^content\.xml$/)) return null
  const type = (await headOf(mime.content)).toString('latin1')
  if (type.includes('opendocument.spreadsheet')) return 'ods'
  throw new FileRefused({ code: 'not_tabular', value: type.slice(0, 60) })
}

/** A compound file is an old workbook where it has that stream; a protected new one is one that has another. */
async function compoundKind(content: Content): Promise<'xls'> {
  const names: string[] = []
  let rest = ''
  for await (const chunk of content.open() as AsyncIterable<Buffer>) {
    const text = rest + chunk.toString('latin1')
    for (const name of ['EncryptedPackage', 'Workbook', 'Book', 'WordDocument', 'PowerPoint Document'])
      if (text.includes(Buffer.from(name, 'utf16le').toString('latin1'))) names.push(name)
    rest = text.slice(-64)
  }
  if (names.includes('EncryptedPackage')) throw new FileRefused({ code: 'encrypted' })
  if (names.includes('Workbook') || names.includes('Book')) return 'xls'
  throw new FileRefused({ code: 'not_tabular', value: 'an Office document that is no workbook' })
}

/** The first bytes of a content. */
async function headOf(content: Content, most = 65_536): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const chunk of content.open() as AsyncIterable<Buffer>) {
    parts.push(chunk)
    size += chunk.length
    if (size >= most) break
  }
  return Buffer.concat(parts).subarray(0, most)
}
