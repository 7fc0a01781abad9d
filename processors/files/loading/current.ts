import { bytesContent } from '../../../runtime/object-store/content.ts'
import { type ObjectStore, readText } from '../../../runtime/object-store/object-store.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { nameOf } from '../filing/names.ts'

/** A file of Argent. */
export interface ArgentFile {
  readonly key: string
  readonly rows: number
  readonly edition: string | null
  readonly raw: string
  readonly sha256: string
  /** The same for the same rows in whatever order. */
  readonly content: string
}

/** What is known of a dataset's files: those that count, and those in whose place newer ones do. */
export interface Current {
  readonly files: readonly ArgentFile[]
  readonly superseded: readonly ArgentFile[]
  /** Whether the newest edition alone counts. */
  readonly isSuperseding: boolean
}

/** How a file stands to those that were there before. */
export type Relation = 'first' | 'same_rows' | 'corrected' | 'new_edition' | 'older_edition'

const none: Current = { files: [], superseded: [], isSuperseding: false }

/** The name a file was dropped under. */
const droppedName = ({ raw }: ArgentFile) => nameOf(raw).replace(/^\d{8}T\d{6}Z_/, '')

/**
 * Which files count: of a dataset whose editions supersede each other the newest file of the newest edition, else of each
 * edition its newest file. Where a contract tells no edition, the name does.
 */
export function chosen(files: readonly ArgentFile[], isSuperseding: boolean): Current {
  const sorted = [...files].sort(
    (a, b) =>
      (isSuperseding ? compare(a.edition ?? '', b.edition ?? '') : 0) || compare(nameOf(a.raw), nameOf(b.raw))
  )
  const group = (file: ArgentFile) => (isSuperseding ? '' : (file.edition ?? `name ${droppedName(file)}`))
  const newest = new Map(sorted.map((file) => [group(file), file]))
  const counting = new Set(newest.values())
  return {
    files: sorted.filter((file) => counting.has(file)),
    superseded: sorted.filter((file) => !counting.has(file)),
    isSuperseding
  }
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** How a file stands to the ones that counted before it. */
export function relationOf(file: ArgentFile, before: Current, after: Current): Relation {
  const others = allOf(before).filter(({ raw }) => raw !== file.raw)
  if (others.some(({ content }) => content === file.content)) return 'same_rows'
  if (after.superseded.some(({ raw }) => raw === file.raw)) return 'older_edition'
  if (others.length === 0) return 'first'
  const gone = before.files.find(({ raw }) => !after.files.some((each) => each.raw === raw))
  return gone !== undefined && gone.edition === file.edition ? 'corrected' : 'new_edition'
}

const most = 50

/** All files of a dataset. */
export const allOf = ({ files, superseded }: Current): readonly ArgentFile[] => [...files, ...superseded]

/** Changes the list of a dataset's files; tried again while others change it. Returns both, and the etag of the new one. */
export async function changeCurrent(
  store: ObjectStore,
  name: string,
  change: (before: Current) => Current
): Promise<{ readonly before: Current; readonly after: Current; readonly version: string }> {
  for (let tries = 0; tries < most; tries++) {
    const info = await store.head(name)
    const text = info && (await readText(store, name, { ifMatch: info.etag }))
    if (info && text === null) continue
    const before = text ? (JSON.parse(text) as Current) : none
    const after = change(before)
    if (info && JSON.stringify(after) === JSON.stringify(before)) return { before, after, version: info.etag }
    const condition = info ? ({ ifMatch: info.etag } as const) : ({ ifNoneMatch: '*' } as const)
    const content = bytesContent(JSON.stringify(after))
    const version = await store.put(name, content, { ...condition, contentType: 'application/json' })
    if (version !== null) return { before, after, version }
  }
  throw new CourantError('TARGET_UNAVAILABLE', `Others change ${name} all the time`)
}

/** The object that lists the files that count of a dataset. */
export const currentOf = (dataset: string): string => `output/argent/${dataset}/_current.json`
