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

async function brokenLinks(store: ObjectStore, folder: string): Promise<string[]> {
  const violations: string[] = []
  const ends = new Map<string, number>()
  for await (const { name } of store.list(`${folder}/`)) {
    const part = parsePartName(name)
    const metadata = (await store.head(name))?.metadata
    if (!part || !metadata) continue
    const chain = name.slice(0, name.lastIndexOf('-'))
    const [first, last, end] = [Number(metadata['first']), Number(metadata['last']), ends.get(chain)]
    if (end !== undefined && part.link !== end + 1) violations.push(`I5 ${name} does not follow ${end}`)
    if (first < part.link || last < first) violations.push(`I5 ${name} holds ${first} to ${last}`)
    if ((await hashOf(store, name)) !== metadata['sha256']) violations.push(`I5 ${name} has another hash`)
    ends.set(chain, last)
  }
  return violations
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
