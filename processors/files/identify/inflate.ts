import { Transform, type Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { FileRefused } from '../refusal.ts'

/** What is inflated at most: no open data needs more, and a bomb has more. */
export interface InflateLimits {
  readonly bytes: number
  /** How many times its size a content may be once it is large. */
  readonly ratio: number
}

export const usualLimits: InflateLimits = { bytes: 16 * 2 ** 30, ratio: 200 }

/** Below this no ratio is absurd. */
const ratioFrom = 64 * 2 ** 20

interface Packed {
  readonly packedBytes: number
  /** The checksum that its container declares, where nobody else looks at it. */
  readonly crc?: number
  readonly limits?: InflateLimits
}

/** Passes inflated bytes on, counts them whatever was declared, and checks their sum at the end. */
export function guarded(source: Readable, { packedBytes, crc, limits = usualLimits }: Packed): Readable {
  let size = 0
  let sum = 0
  const most = Math.min(limits.bytes, Math.max(ratioFrom, packedBytes * limits.ratio))
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length
      if (size > most) return done(new FileRefused({ code: 'archive_too_large', expected: megabytes(most) }))
      if (crc !== undefined) sum = crc32(chunk, sum)
      done(null, chunk)
    },
    flush(done) {
      done(crc === undefined || sum === crc ? null : new FileRefused({ code: 'archive_corrupt' }))
    }
  })
  source.on('error', (error) => guard.destroy(archiveRefusal(error)))
  guard.on('close', () => source.destroy())
  return source.pipe(guard)
}

export const megabytes = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${Math.round(bytes / 2 ** 30)} GiB` : `${Math.round(bytes / 2 ** 20)} MiB`

/** What is wrong with an archive, from the words of its reader. */
export function archiveRefusal(error: unknown): FileRefused {
  if (error instanceof FileRefused) return error
  const words = error instanceof Error ? error.message : String(error)
  if (/end of central directory|unexpected end|unexpected EOF|truncated/i.test(words))
    return new FileRefused({ code: 'archive_truncated' }, { cause: error })
  return new FileRefused({ code: 'archive_corrupt' }, { cause: error })
}
