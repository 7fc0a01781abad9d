import { createHash } from 'node:crypto'
import { FileChain, plainEncoder } from '../../../sinks/lake/file-chain.ts'
import { parsePartName } from '../../../sinks/lake/part-names.ts'
import { type ObjectStore, readText } from '../../../runtime/object-store/object-store.ts'
import { testContext } from '../../support/context.ts'
import { place } from './sample-log.ts'

/**
 * What is wrong with the chains under a folder: I2 and I3 by the places of the rows that were found, I5 by names and
 * metadata (ranges contiguous and disjoint, counts and hashes). Empty when all is well.
 */
export async function chainViolations(
  store: ObjectStore,
  folder: string,
  { found, expected }: { found: readonly string[]; expected: readonly string[] }
): Promise<string[]> {
  const wanted = new Set(expected)
  const times = new Map<string, number>()
  for (const place of found) times.set(place, (times.get(place) ?? 0) + 1)
  return [
    ...expected.filter((place) => !times.has(place)).map((place) => `I1 ${place} is lost`),
    ...[...times].filter(([, n]) => n > 1).map(([place, n]) => `I2 ${place} is there ${n} times`),
    ...found.filter((place) => !wanted.has(place)).map((place) => `I3 ${place} was never sent`),
    ...(await brokenLinks(store, folder))
  ]
}

/** An object of a folder of chains: what it says of itself, and the hash of what is in it. */
export interface ChainFile {
  readonly name: string
  readonly metadata: Readonly<Record<string, string>>
  readonly sha256: string
}

/**
 * I5 by names and metadata of all files of a folder, in the order of their names: the ranges of a chain follow each
 * other from 0, or from where its compacted file ends, and contents are what was written.
 */
export function brokenChains(files: readonly ChainFile[]): string[] {
  const ends = new Map<string, number>()
  const compacted = new Map(files.flatMap(endsInCompacted))
  const broken = files.flatMap((file) => [...altered(file), ...impossible(file)])
  for (const { name, metadata } of files) {
    const part = parsePartName(name)
    if (!part) continue
    const chain = name.slice(0, name.lastIndexOf('-'))
    const end = ends.get(chain)
    const follows = end === undefined ? part.link <= (compacted.get(chain) ?? -1) + 1 : part.link === end + 1
    if (!follows) broken.push(`I5 ${name} does not follow ${end ?? 'the compacted file'}`)
    ends.set(chain, Number(metadata['last']))
  }
  return broken
}

function altered({ name, metadata, sha256 }: ChainFile): string[] {
  const isSigned = parsePartName(name) !== null || metadata['sha256'] !== undefined
  return isSigned && sha256 !== metadata['sha256'] ? [`I5 ${name} has another hash`] : []
}

/** What no part can hold, whatever lies beside it. */
function impossible({ name, metadata }: ChainFile): string[] {
  const part = parsePartName(name)
  if (!part) return []
  const number = (fact: string) => Number(metadata[fact])
  const [first, last, count] = [number('first'), number('last'), number('count')]
  if (first < part.link || last < first) return [`I5 ${name} holds ${first} to ${last}`]
  return count < 1 || count > last - first + 1 ? [`I5 ${name} says it has ${count} rows`] : []
}

/** Up to where each chain of a day is in its compacted file. */
function endsInCompacted({ name, metadata }: ChainFile): [chain: string, last: number][] {
  const offsets = JSON.parse(metadata['offsets'] ?? '{}') as Record<string, number>
  const table = name.slice(0, name.lastIndexOf('.'))
  return Object.entries(offsets).map(([partition, last]) => [`${table}-p${partition}`, last])
}

async function brokenLinks(store: ObjectStore, folder: string): Promise<string[]> {
  const files: ChainFile[] = []
  for await (const { name } of store.list(`${folder}/`)) {
    const metadata = (await store.head(name))?.metadata
    if (metadata) files.push({ name, metadata, sha256: await hashOf(store, name) })
  }
  return brokenChains(files)
}

async function hashOf(store: ObjectStore, name: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of (await store.get(name)) ?? []) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** A chain `lake/t` of files that hold a place a line. */
export function placesChain(store: ObjectStore, trustMs = 60_000): FileChain<unknown> {
  const encoder = plainEncoder<unknown>((rows) => rows.map((row) => `${place(row)}\n`).join(''))
  const options = {
    store,
    folder: 'lake/t',
    table: 't',
    extension: 'txt',
    contentType: 'text/plain',
    encoderOf: async () => encoder,
    trustMs
  }
  return new FileChain<unknown>(options, testContext({}))
}

/** Places in files that hold one a line. */
export async function placesInText(store: ObjectStore, folder: string): Promise<string[]> {
  const places: string[] = []
  for await (const { name } of store.list(`${folder}/`))
    places.push(...((await readText(store, name)) ?? '').split('\n').filter((line) => line !== ''))
  return places
}
