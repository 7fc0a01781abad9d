import { createRequire } from 'node:module'
import { promisify } from 'node:util'
import zlib from 'node:zlib'
import { CourantError } from '../../runtime/errors.ts'

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

/** A batch that unpacks to more is an attack or an accident. */
const maxOutputLength = 256 * 1_048_576

const zstdOptions = { params: { [zlib.constants.ZSTD_c_compressionLevel]: 1 } }
const gzipAsync = promisify(zlib.gzip)
const gunzipAsync = promisify(zlib.gunzip)
const zstdAsync = promisify(zlib.zstdCompress)
const unzstdAsync = promisify(zlib.zstdDecompress)

// Both are CommonJS; one has no types and the other's say `default` where there is none.
const require = createRequire(import.meta.url)
const snappy = require('kafkajs-snappy') as () => KafkajsCodec
const Lz4 = require('@2l/kafkajs-lz4') as new () => { codec: () => KafkajsCodec }

/** In the order of the attribute's low three bits: https://kafka.apache.org/documentation/#recordbatch */
const codecs: readonly Codec[] = [
  { compress: (bytes) => bytes, decompress: (bytes) => bytes },
  {
    compress: (bytes) =>
      bytes.length < threadBytes ? zlib.gzipSync(bytes, { level: 1 }) : gzipAsync(bytes, { level: 1 }),
    decompress: (bytes) =>
      bytes.length < threadBytes
        ? zlib.gunzipSync(bytes, { maxOutputLength })
        : gunzipAsync(bytes, { maxOutputLength })
  },
  fromKafkajs(snappy()),
  fromKafkajs(new Lz4().codec()),
  {
    compress: (bytes) =>
      bytes.length < threadBytes ? zlib.zstdCompressSync(bytes, zstdOptions) : zstdAsync(bytes, zstdOptions),
    decompress: (bytes) =>
      bytes.length < threadBytes
        ? zlib.zstdDecompressSync(bytes, { maxOutputLength })
        : unzstdAsync(bytes, { maxOutputLength })
  }
]

/** The compressed bytes and the codec's number in a batch's attributes. */
export async function compress(name: CodecName, bytes: Buffer): Promise<{ codec: number; bytes: Buffer }> {
  const codec = codecNames.indexOf(name)
  return { codec, bytes: await at(codec).compress(bytes) }
}

/** The records of a batch as they were before the codec with this number compressed them. */
export async function decompress(codec: number, bytes: Buffer): Promise<Buffer> {
  return at(codec).decompress(bytes)
}

function at(codec: number): Codec {
  const found = codecs[codec]
  if (!found)
    throw new CourantError('TOPICS_REFUSED', `A batch is compressed with codec ${codec}, unknown to Kafka`)
  return found
}

function fromKafkajs(codec: KafkajsCodec): Codec {
  return { compress: (buffer) => codec.compress({ buffer }), decompress: (bytes) => codec.decompress(bytes) }
}
