import { createRequire } from 'node:module'
import type { Transform } from 'node:stream'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { lz4Size, snappyBlocks, snappySize } from './inflated-size.ts'

/** Compresses and reads back the records of a batch. */
interface Codec {
  compress(bytes: Buffer): Promise<Buffer> | Buffer
  decompress(bytes: Buffer): Promise<Buffer> | Buffer
}

interface KafkajsCodec {
  compress(encoder: { buffer: Buffer }): Promise<Buffer>
  decompress(bytes: Buffer): Promise<Buffer>
}

export const codecNames = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type CodecName = (typeof codecNames)[number]

/** Below this size a thread costs more than the work. */
const threadBytes = 32_768

/** A batch that unpacks to more is an attack or an accident: producers send a megabyte, a topic may take eight. */
export const maxOutputLength = 32 * 1_048_576

/** What bytes that would unpack to more are refused with. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge'
}

const zstdOptions = { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } }
const gzipAsync = promisify(zlib.gzip)
const gunzipAsync = promisify(zlib.gunzip)
const zstdAsync = promisify(zlib.zstdCompress)
const unzstdAsync = promisify(zlib.zstdDecompress)

// Both are CommonJS; one has no types and the other's say `default` where there is none.
const require = createRequire(import.meta.url)
const snappy = (require('kafkajs-snappy') as () => KafkajsCodec)()
const lz4 = new (require('@2l/kafkajs-lz4') as new () => { codec: () => KafkajsCodec })().codec()

/** In the order of the attribute's low three bits: https://kafka.apache.org/documentation/#recordbatch */
const codecs: readonly Codec[] = [
  { compress: (bytes) => bytes, decompress: (bytes) => bytes },
  {
    compress: (bytes) =>
      bytes.length < threadBytes ? zlib.gzipSync(bytes, { level: 1 }) : gzipAsync(bytes, { level: 1 }),
    decompress: (bytes) =>
      inflate(bytes, { sync: zlib.gunzipSync, async: gunzipAsync, stream: () => zlib.createGunzip() })
  },
  {
    compress: (buffer) => snappy.compress({ buffer }),
    async decompress(bytes) {
      const blocks = snappyBlocks(bytes)
      refuseAbove(blocks.reduce((sum, block) => sum + snappySize(block, maxOutputLength), 0))
      // Block by block: the library joins them by copying all that came before, again for each.
      const plain: Buffer[] = []
      for (const block of blocks) plain.push(await snappy.decompress(block))
      return plain.length === 1 ? plain[0]! : Buffer.concat(plain)
    }
  },
  {
    compress: (buffer) => lz4.compress({ buffer }),
    async decompress(bytes) {
      refuseAbove(lz4Size(bytes, maxOutputLength))
      return lz4.decompress(bytes)
    }
  },
  {
    compress: (bytes) =>
      bytes.length < threadBytes ? zlib.zstdCompressSync(bytes, zstdOptions) : zstdAsync(bytes, zstdOptions),
    decompress: (bytes) =>
      inflate(bytes, {
        sync: zlib.zstdDecompressSync,
        async: unzstdAsync,
        stream: () => zlib.createZstdDecompress()
      })
  }
]

interface Inflating {
  readonly sync: (bytes: Buffer, options: { maxOutputLength: number }) => Buffer
  readonly async: (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>
  readonly stream: () => Transform
}

/** What batches nearly always fit into. */
const usualOutputLength = 4 * 1_048_576

/**
 * Unpacks bytes. What is larger than usual is measured first, and nothing of it kept: dozens of pipelines may meet the
 * same bomb at the same time.
 */
async function inflate(bytes: Buffer, { sync, async, stream }: Inflating): Promise<Buffer> {
  const usual = { maxOutputLength: usualOutputLength }
  try {
    return bytes.length < threadBytes ? sync(bytes, usual) : await async(bytes, usual)
  } catch (error) {
    if (!isTooLarge(error)) throw error
  }
  await measure(bytes, stream())
  return async(bytes, { maxOutputLength })
}

async function measure(bytes: Buffer, stream: Transform): Promise<void> {
  let size = 0
  stream.end(bytes)
  for await (const chunk of stream) refuseAbove((size += (chunk as Buffer).length))
}

const isTooLarge = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'

/** The compressed bytes and the codec's number in a batch's attributes. */
export async function compress(name: CodecName, bytes: Buffer): Promise<{ codec: number; bytes: Buffer }> {
  const codec = codecNames.indexOf(name)
  return { codec, bytes: await at(codec).compress(bytes) }
}

/** The records of a batch as they were before the codec with this number compressed them; rejects with TooLarge. */
export async function decompress(codec: number, bytes: Buffer): Promise<Buffer> {
  try {
    return await at(codec).decompress(bytes)
  } catch (cause) {
    if (!isTooLarge(cause)) throw cause
    throw new TooLarge('too large', { cause })
  }
}

function refuseAbove(size: number): void {
  if (size > maxOutputLength) throw new TooLarge('too large')
}

function at(codec: number): Codec {
  const found = codecs[codec]
  if (!found) throw new RangeError(`codec ${codec} is unknown to Kafka`)
  return found
}
