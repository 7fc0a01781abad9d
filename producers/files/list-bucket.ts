import { defineProducer } from '../../runtime/define.ts'
import {
  BucketObjects,
  type BucketObject,
  filesBucketSettings
} from '../../runtime/object-store/bucket-objects.ts'
import type { AnyPipeline, Batch, Item, Position, Reader, Spec } from '../../runtime/pipeline.ts'
import { type Setting, wholeNumber } from '../../runtime/settings.ts'
import { events } from '../../schemas/events.ts'
import type { ArrivedFile, FiledFile } from '../../schemas/types/files.ts'
import { topicOf } from '../../topics/catalogue.ts'

const listMs: Setting = {
  env: 'COURANT_FILES_LIST_MS',
  describe:
    'How often the bucket of dropped files is listed, for what no notification told; raw ten times as seldom',
  default: '5000',
  check: wholeNumber(100)
}

/** After so many listings, what is still there is told again. */
const againAfter = 12

type Find<T> = (bucket: BucketObjects) => AsyncIterable<{ readonly value: T; readonly id: string }>

/**
 * What a listing shows, each thing once; again after a while if it is still so: who reads it may have been told before it
 * could do anything. The listing is the truth, and nothing needs to be remembered across a start.
 */
class ListingReader<T> implements Reader<T> {
  readonly #bucket: BucketObjects
  readonly #find: Find<T>
  readonly #everyMs: number
  #told = new Map<string, number>()
  #waiting: Item<T>[] = []
  #listings = 0
  #dueAt = 0

  constructor(bucket: BucketObjects, find: Find<T>, everyMs: number) {
    this.#bucket = bucket
    this.#find = find
    this.#everyMs = everyMs
  }

  async read({ limit }: { readonly limit: number }): Promise<Batch<T>> {
    if (this.#waiting.length === 0 && Date.now() >= this.#dueAt) {
      await this.#list()
      this.#dueAt = Date.now() + this.#everyMs
    }
    const items = this.#waiting.splice(0, limit)
    return { items, caughtUp: this.#waiting.length === 0 }
  }

  async commit(): Promise<void> {}

  async close(): Promise<void> {}

  async #list(): Promise<void> {
    const told = new Map<string, number>()
    this.#listings++
    for await (const { value, id } of this.#find(this.#bucket)) {
      const before = this.#told.get(id)
      const isDue = before === undefined || this.#listings - before >= againAfter
      told.set(id, isDue ? this.#listings : before)
      if (isDue) this.#waiting.push({ id, value, key: id, position: id as Position, at: new Date() })
    }
    this.#told = told
  }
}

const listed = <T>(describe: string, find: Find<T>, slower: number): Spec<Reader<T>> => ({
  describe,
  settings: [listMs, ...filesBucketSettings],
  open: async ({ settings }) =>
    new ListingReader(BucketObjects.of(settings), find, settings.number(listMs) * slower),
  check: ({ settings }) => BucketObjects.of(settings).check()
})

async function* dropped(bucket: BucketObjects): AsyncGenerator<{ value: ArrivedFile; id: string }> {
  for await (const object of bucket.list('input/')) {
    const { key, etag, bytes } = object
    if (key.endsWith('/') || key.startsWith('input/_rejected/')) continue
    yield {
      id: `${key}\n${etag}`,
      value: { key, etag, bytes, arrived_at: microsOf(object), told_by: 'listing' }
    }
  }
}

/** What lies in raw and was not read, and what was read and lies there no longer. */
async function* unread(bucket: BucketObjects): AsyncGenerator<{ value: FiledFile; id: string }> {
  const read = new Set<string>()
  for await (const { key } of bucket.list('metadata/'))
    if (key.endsWith('.quality.json'))
      read.add(`raw/${key.slice('metadata/'.length, -'.quality.json'.length)}`)
  for await (const object of bucket.list('raw/')) {
    const { key, etag, bytes } = object
    if (key.endsWith('/') || read.delete(key)) continue
    const [, theme = ''] = key.split('/')
    yield {
      id: `${key}\n${etag}`,
      value: { raw: key, theme, etag, bytes, filed_at: Date.now() * 1000, is_gone: 'no' }
    }
  }
  for (const raw of read) {
    const [, theme = ''] = raw.split('/')
    yield { id: raw, value: { raw, theme, etag: '', bytes: 0, filed_at: Date.now() * 1000, is_gone: 'yes' } }
  }
}

const microsOf = ({ modifiedAt }: BucketObject) => Math.min(modifiedAt.getTime(), Date.now()) * 1000

/** Lists what is dropped, and what of raw is not in the layers yet or no longer there. */
export const filesProducers: readonly AnyPipeline[] = [
  defineProducer({
    name: 'files.dropped',
    from: listed('files in input/', dropped, 1),
    to: topicOf(events.arrivedFile)
  }),
  defineProducer({
    name: 'files.unread',
    from: listed('files in raw/', unread, 10),
    to: topicOf(events.filedFile)
  })
]
