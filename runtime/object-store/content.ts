import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** What is put into an object store: bytes in memory, or a file that does not change meanwhile. */
export interface Content {
  readonly size: number
  /** Lower-case hex. */
  readonly sha256: string
  readonly source: Buffer | { readonly file: string }
}

/** Content from memory; text is stored as UTF-8. */
export function bytesContent(bytes: Buffer | string): Content {
  const source = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
  return { size: source.length, sha256: createHash('sha256').update(source).digest('hex'), source }
}

/** Content from a file of any size, read once now for its hash and again when it is put. */
export async function fileContent(file: string): Promise<Content> {
  const hash = createHash('sha256')
  const { size } = await stat(file)
  await pipeline(createReadStream(file), hash)
  return { size, sha256: hash.digest('hex'), source: { file } }
}

/** The bytes themselves, or a stream of the file's. */
export function bodyOf({ source }: Content): Buffer | Readable {
  return Buffer.isBuffer(source) ? source : createReadStream(source.file)
}
