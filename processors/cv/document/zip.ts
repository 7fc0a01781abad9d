import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import yauzl from 'yauzl'
import { CvRefused } from '../refusal.ts'

const maxEntries = 2_000
const maxInflated = 50 * 1024 * 1024
const maxRatio = 100
/** Below this no ratio is absurd: a page of blanks deflates well. */
const ratioFrom = 1024 * 1024

/**
 * The entries of a ZIP whose names are wanted, inflated. What it declares is not believed: bytes are counted while they
 * are inflated. Refuses too many entries, too many bytes, too high a ratio, and macros.
 */
export async function unzip(
  bytes: Uint8Array,
  isWanted: (name: string) => boolean
): Promise<Map<string, Buffer>> {
  const open = promisify(yauzl.fromBuffer) as (
    buffer: Buffer,
    options: yauzl.Options
  ) => Promise<yauzl.ZipFile>
  const zip = await open(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), {
    lazyEntries: true,
    validateEntrySizes: true,
    strictFileNames: false
  }).catch(() => {
    throw new CvRefused('CV_BROKEN')
  })
  if (zip.entryCount > maxEntries) throw new CvRefused('CV_BOMB')
  return new Promise((resolve, reject) => {
    const found = new Map<string, Buffer>()
    let left = maxInflated
    const fail = (error: unknown) => reject(error instanceof CvRefused ? error : new CvRefused('CV_BROKEN'))
    const take = async (entry: yauzl.Entry) => {
      try {
        const content = await inflate(zip, entry, left)
        left -= content.length
        found.set(entry.fileName, content)
        zip.readEntry()
      } catch (error) {
        fail(error)
      }
    }
    zip.on('error', fail)
    zip.on('end', () => resolve(found))
    zip.on('entry', (entry: yauzl.Entry) => {
      if (/vbaProject\.bin$/i.test(entry.fileName)) return fail(new CvRefused('CV_MACROS'))
      if (!isWanted(entry.fileName)) return zip.readEntry()
      void take(entry)
    })
    zip.readEntry()
  })
}

async function collect(stream: Readable, limit: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of stream as AsyncIterable<Buffer>) {
    size += part.length
    // Leaving the loop ends the stream.
    if (size > limit) throw new CvRefused('CV_BOMB')
    parts.push(part)
  }
  return Buffer.concat(parts)
}

async function inflate(zip: yauzl.ZipFile, entry: yauzl.Entry, left: number): Promise<Buffer> {
  const limit = Math.min(left, Math.max(ratioFrom, entry.compressedSize * maxRatio))
  if (entry.uncompressedSize > limit) throw new CvRefused('CV_BOMB')
  const stream = await new Promise<Readable>((resolve, reject) => {
    zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened)))
  })
  return collect(stream, limit)
}
