import { PassThrough, type Readable } from 'node:stream'
import yauzl from 'yauzl'
import { FileRefused } from '../refusal.ts'
import type { Content } from './content.ts'
import { archiveRefusal, guarded, megabytes, usualLimits } from './inflate.ts'

const mostEntries = 5_000

export interface ZipEntry {
  /** As the archive writes it; it never becomes a path. */
  readonly name: string
  readonly bytes: number
  readonly content: Content
}

/** The entries of a ZIP file, folders left out. Refuses too many, protected ones, and names that lead elsewhere. */
export async function zipEntries(path: string): Promise<ZipEntry[]> {
  const zip = await openZip(path)
  try {
    if (zip.entryCount > mostEntries)
      throw new FileRefused({ code: 'archive_too_large', expected: `${mostEntries} entries` })
    return await listed(zip, path)
  } catch (error) {
    throw archiveRefusal(error)
  } finally {
    zip.close()
  }
}

function listed(zip: yauzl.ZipFile, path: string): Promise<ZipEntry[]> {
  return new Promise((resolve, reject) => {
    const entries: ZipEntry[] = []
    zip.on('error', reject)
    zip.on('end', () => resolve(entries))
    zip.on('entry', (entry: yauzl.Entry) => {
      try {
        const name = nameOf(entry)
        if (!name.endsWith('/'))
          entries.push({ name, bytes: entry.uncompressedSize, content: contentOf(path, entry, name) })
        zip.readEntry()
      } catch (error) {
        reject(error)
      }
    })
    zip.readEntry()
  })
}

function openZip(path: string): Promise<yauzl.ZipFile> {
  return new Promise((resolve, reject) => {
    // Names are checked here, as they may be of any encoding.
    yauzl.open(
      path,
      { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true },
      (error, zip) => (error ? reject(archiveRefusal(error)) : resolve(zip))
    )
  })
}

function nameOf(entry: yauzl.Entry): string {
  const bytes = entry.fileName as unknown as Buffer
  const name = bytes.toString((entry.generalPurposeBitFlag & 0x800) === 0 ? 'latin1' : 'utf8')
  if (isUnsafe(name)) throw new FileRefused({ code: 'unsafe_entry_name' })
  if ((entry.generalPurposeBitFlag & 1) === 1) throw new FileRefused({ code: 'encrypted' })
  if (entry.uncompressedSize > usualLimits.bytes)
    throw new FileRefused({ code: 'archive_too_large', expected: megabytes(usualLimits.bytes) })
  return name
}

const isUnsafe = (name: string) =>
  name.includes('\0') || /^(?:[\\/]|[a-z]:)/i.test(name) || name.split(/[\\/]/).includes('..')

function contentOf(path: string, entry: yauzl.Entry, name: string): Content {
  return {
    name,
    open() {
      const passed = new PassThrough()
      void passEntry(path, entry, passed)
      return passed
    }
  }
}

async function passEntry(path: string, entry: yauzl.Entry, passed: PassThrough): Promise<void> {
  try {
    const source = await openEntry(path, entry)
    source.on('error', (error) => passed.destroy(error))
    passed.on('close', () => source.destroy())
    source.pipe(passed)
  } catch (error) {
    passed.destroy(archiveRefusal(error))
  }
}

async function openEntry(path: string, entry: yauzl.Entry): Promise<Readable> {
  const zip = await openZip(path)
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => {
      if (error) {
        zip.close()
        return reject(archiveRefusal(error))
      }
      const checked = guarded(stream, { packedBytes: entry.compressedSize, crc: entry.crc32 })
      checked.on('close', () => zip.close())
      resolve(checked)
    })
  })
}
