import { defineBench } from '../../../runtime/define.ts'
import { BucketObjects, filesBucketSettings } from '../../../runtime/object-store/bucket-objects.ts'
import type { AnyPipeline, Spec } from '../../../runtime/pipeline.ts'
import { events } from '../../../schemas/events.ts'
import type { ArrivedFile, FiledFile } from '../../../schemas/types/files.ts'
import { drawnFrom } from '../../../topics/log/bench-reader.ts'
import { topicOf } from '../../../topics/catalogue.ts'
import { type Contract, contractsFolder, loadContracts } from '../contract/contract.ts'
import { moveTo } from './move.ts'
import { inputFolder, nameOf, nameProblem, rawFolder, rejectedFolder, safeName, stampOf } from './names.ts'
import { mostCopied, refuse } from './refuse.ts'
import { themeOf } from './theme.ts'

/** The bucket of dropped files. */
export const filesBucket: Spec<BucketObjects> = {
  describe: 'the bucket of dropped files',
  settings: filesBucketSettings,
  open: async ({ settings }) => BucketObjects.of(settings),
  check: ({ settings }) => BucketObjects.of(settings).check()
}

/** The contracts of the house. */
const houseContracts: Spec<readonly Contract[]> = {
  describe: 'contracts',
  open: async () => loadContracts(contractsFolder)
}

const filed = topicOf(events.filedFile)
const hourMs = 3_600_000
/** Names under which programs write what is not whole yet. */
const unfinished = /\.(?:part|partial|filepart|tmp|crdownload|download|swp)$|~$|^~\$/i

/** `file-drops`: puts dropped files where they belong; each is at its old or its new place, whatever happens. */
export const fileDrops: AnyPipeline = defineBench({
  name: 'file-drops',
  describe: 'moves dropped files to raw, by theme',
  from: drawnFrom([{ topic: topicOf(events.arrivedFile) }], { agesInMs: 600_000 }),
  uses: { bucket: filesBucket, contracts: houseContracts },
  places: 8,
  work: (arrived, { use }) => fileAway(arrived, use),
  to: { names: [filed.name], writer: () => filed.writer() }
})

interface Tools {
  readonly bucket: BucketObjects
  readonly contracts: readonly Contract[]
}

const isDropped = (key: string) =>
  key.startsWith(inputFolder) && !key.startsWith(rejectedFolder) && !key.endsWith('/')

/** Files one object; nothing comes of one that is gone, still being written or rejected. */
export async function fileAway(
  { key }: Pick<ArrivedFile, 'key'>,
  tools: Tools
): Promise<readonly FiledFile[]> {
  const { bucket } = tools
  const object = isDropped(key) ? await bucket.head(key) : null
  if (!object) return []
  if (unfinished.test(nameOf(key))) {
    if (Date.now() - object.modifiedAt.getTime() > hourMs) await refuse(bucket, object, 'never_finished')
    return []
  }
  const problem = object.bytes > mostCopied ? 'too_large' : nameProblem(key)
  const theme = problem === null ? await themeOf(object, tools) : null
  if (problem !== null || theme === null) {
    await refuse(bucket, object, problem ?? 'theme_unknown')
    return []
  }
  const raw = `${rawFolder}${theme}/${stampOf(object.modifiedAt)}_${safeName(nameOf(key))}`
  const copy = await moveTo(bucket, object, raw)
  if (!copy) return []
  const { key: place, etag, bytes } = copy
  return [{ raw: place, theme, etag, bytes, filed_at: Date.now() * 1000, is_gone: 'no' }]
}
