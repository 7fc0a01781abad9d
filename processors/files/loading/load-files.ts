import { defineBench } from '../../../runtime/define.ts'
import {
  filesBucketName,
  filesBucketSettings,
  type BucketObjects
} from '../../../runtime/object-store/bucket-objects.ts'
import { storeAt } from '../../../runtime/object-store/object-store-for.ts'
import { bytesContent } from '../../../runtime/object-store/content.ts'
import { type ObjectStore, readText } from '../../../runtime/object-store/object-store.ts'
import type { AnyPipeline, Spec } from '../../../runtime/pipeline.ts'
import { type Setting, wholeNumber } from '../../../runtime/settings.ts'
import { events } from '../../../schemas/events.ts'
import type { FiledFile, RejectedLine, UpdatedDataset } from '../../../schemas/types/files.ts'
import { drawnFrom } from '../../../topics/log/bench-reader.ts'
import { topicOf } from '../../../topics/catalogue.ts'
import { routed } from '../../../topics/log/routed.ts'
import type { Topic } from '../../../topics/topic.ts'
import { filesBucket } from '../filing/file-away.ts'
import { nameOf } from '../filing/names.ts'
import {
  allOf,
  type ArgentFile,
  changeCurrent,
  chosen,
  type Current,
  currentOf,
  relationOf
} from './current.ts'
import { contentOf } from './load.ts'
import { Loaders } from './loaders.ts'
import type { Loaded } from './messages.ts'

const places: Setting = {
  env: 'COURANT_FILES_PLACES',
  describe: 'Dropped files that one process reads at once, each in a process of its own',
  default: '2',
  check: wholeNumber(1, 32)
}

const loaders: Spec<Loaders> = {
  describe: 'processes that read files',
  settings: [places],
  open: async (context) => new Loaders(context)
}

const filesStore: Spec<ObjectStore> = {
  describe: 'the layers of dropped files',
  settings: filesBucketSettings,
  open: ({ settings }) => storeAt(`s3://${filesBucketName(settings)}`, settings)
}

type Out = RejectedLine | UpdatedDataset
const rejects = topicOf(events.rejectedLine)
const updates = topicOf(events.updatedDataset)

/** `load-files`: reads filed files into Bronze and Argent, and keeps the lists of those that count. */
export const loadFiles: AnyPipeline = defineBench({
  name: 'load-files',
  describe: 'reads filed files into Bronze and Argent',
  from: drawnFrom([{ topic: topicOf(events.filedFile) }], { agesInMs: 600_000 }),
  uses: { bucket: filesBucket, store: filesStore, loaders },
  places: (settings) => settings.number(places),
  work: (filed, { use }) => (filed.is_gone === 'yes' ? takeOut(filed, use) : takeIn(filed, use)),
  to: routed<Out>(
    [rejects, updates],
    (value) => ('line' in value ? rejects : updates) as unknown as Topic<Out>
  )
})

interface Tools {
  readonly bucket: BucketObjects
  readonly store: ObjectStore
  readonly loaders: Pick<Loaders, 'load'>
}

interface Note {
  readonly etag: string
  readonly dataset: string
  readonly sha256: string | null
}

const metadataOf = ({ raw, theme }: Pick<FiledFile, 'raw' | 'theme'>) => `metadata/${theme}/${nameOf(raw)}`
const noteOf = (filed: Pick<FiledFile, 'raw' | 'theme'>) => `${metadataOf(filed)}.loaded.json`

/** Reads a file unless it was read; each step can be repeated, and the last one says that all is done. */
export async function takeIn(
  filed: FiledFile,
  { bucket, store, loaders: readers }: Tools
): Promise<readonly Out[]> {
  const { raw, theme } = filed
  const object = await bucket.head(raw)
  if (!object) return takeOut(filed, { bucket, store })
  const note = await noted(store, filed)
  if (note?.etag === object.etag && (await store.head(`${metadataOf(filed)}.quality.json`)))
    return note.sha256 === null
      ? []
      : [updated(note.dataset, await changeCurrent(store, currentOf(note.dataset), asItIs))]
  const loaded = await readers.load({ raw, theme, etag: object.etag })
  if (loaded === null) return []
  const { dataset, argent } = loaded
  const at = Date.now() * 1000
  const lines = loaded.rejected.map((line): RejectedLine => ({ raw, dataset, ...line, at }))
  let relation: string | null = null
  const receipts: UpdatedDataset[] = []
  if (argent) {
    const changed = await changeCurrent(store, currentOf(dataset), (before) =>
      chosen([...allOf(before).filter((file) => file.raw !== raw), argent], loaded.isSuperseding)
    )
    relation = relationOf(argent, changed.before, changed.after)
    receipts.push(updated(dataset, changed))
  }
  // Read again by another contract, or refused by now.
  if (note?.sha256 && (argent === null || note.dataset !== dataset))
    receipts.push(await withdraw(store, note.dataset, raw))
  await finish(filed, { bucket, store, loaded, relation, etag: object.etag })
  return [...lines, ...receipts]
}

const asItIs = (before: Current) => before

async function finish(
  filed: FiledFile,
  {
    bucket,
    store,
    loaded,
    relation,
    etag
  }: { bucket: BucketObjects; store: ObjectStore; loaded: Loaded; relation: string | null; etag: string }
): Promise<void> {
  const note: Note = { etag, dataset: loaded.dataset, sha256: loaded.argent?.sha256 ?? null }
  const json = { contentType: 'application/json' }
  await store.put(noteOf(filed), bytesContent(JSON.stringify({ ...note, relation })), json)
  const pending = `${loaded.quality}.pending`
  const found = await bucket.head(pending)
  if (found) await bucket.copy(found, `${loaded.quality}.json`, {})
  await store.delete(pending)
}

async function noted(store: ObjectStore, filed: Pick<FiledFile, 'raw' | 'theme'>): Promise<Note | null> {
  const text = await readText(store, noteOf(filed))
  return text === null ? null : (JSON.parse(text) as Note)
}

/** Takes the rows of a file that is gone from raw out of its dataset; what it superseded counts again. */
export async function takeOut(
  filed: FiledFile,
  { bucket, store }: Pick<Tools, 'bucket' | 'store'>
): Promise<readonly Out[]> {
  const { raw } = filed
  if (await bucket.head(raw)) return []
  const note = await noted(store, filed)
  const receipts: UpdatedDataset[] = []
  if (note?.sha256) {
    receipts.push(await withdraw(store, note.dataset, raw))
    await store.delete(contentOf(note.sha256))
  }
  for (const ending of ['.html', '.rejected.parquet', '.quality.json', '.loaded.json'])
    await store.delete(`${metadataOf(filed)}${ending}`)
  return receipts
}

/** Takes a file off a dataset's list, then its rows from the layers. */
async function withdraw(store: ObjectStore, dataset: string, raw: string): Promise<UpdatedDataset> {
  let gone: ArgentFile | undefined
  const changed = await changeCurrent(store, currentOf(dataset), (before) => {
    const files = allOf(before)
    gone = files.find((file) => file.raw === raw)
    return chosen(
      files.filter((file) => file.raw !== raw),
      before.isSuperseding
    )
  })
  if (gone) await store.delete(gone.key)
  if (gone) await store.delete(gone.key.replace('output/argent/', 'output/bronze/'))
  return updated(dataset, changed)
}

type Changed = Awaited<ReturnType<typeof changeCurrent>>

const updated = (dataset: string, { after, version }: Changed): UpdatedDataset => ({
  dataset,
  current: currentOf(dataset),
  version,
  files: after.files.length,
  rows: after.files.reduce((sum, { rows }) => sum + rows, 0),
  at: Date.now() * 1000
})
