import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { DuckDBInstance } from '@duckdb/node-api'
import { mapAtOnce } from '../../../runtime/loop/map-at-once.ts'
import { openContainer } from '../../../runtime/object-store/azure-container.ts'
import type { ListedObject, ObjectStore } from '../../../runtime/object-store/object-store.ts'
import type { Settings } from '../../../runtime/settings.ts'
import { containers } from '../../../sinks/azure-blob/containers.ts'
import type { Place } from './export-violations.ts'
import { canonicalJson, sha256, sortedText } from './source-applications.ts'

/** The names are written here once more: old readers depend on them. */
const jsonName = /^applications\/ingestion_date=(\d{4}-\d\d-\d\d)\/json\/([0-9a-f-]{36})\.json$/
const documentName =
  /^applications\/ingestion_date=(\d{4}-\d\d-\d\d)\/documents\/([0-9a-f-]{36})\/(cv|cover_letter|diplome)_[^/]+\.pdf$/
const featuresName = /^applications\/ingestion_date=(\d{4}-\d\d-\d\d)\/features\.parquet$/

type Container = keyof typeof containers

/** Etag of every blob, by container and name. */
export async function blobEtags(settings: Settings): Promise<ReadonlyMap<string, string>> {
  const etags = new Map<string, string>()
  for (const container of Object.keys(containers) as Container[]) {
    const store = await openContainer(settings, containers[container])
    for await (const { name, version } of store.list('applications/'))
      etags.set(`${container}/${name}`, version)
  }
  return etags
}

interface Json {
  readonly has_been_manager: boolean | null
  readonly ref_entreprise: string | null
  readonly ref_fullname: string | null
  readonly ref_mail: string | null
  readonly ref_contact: string | null
  readonly documents?: readonly { readonly sha256: string; readonly blob: string }[]
}

/** What lies in the raw container; throws when a blob has a name that no reader would look for. */
export async function rawBlobs(settings: Settings) {
  const blobs = await blobsOf(settings, 'raw')
  const jsons = matching(blobs, jsonName)
  const documents = new Map<Place, string>()
  for (const [place, group] of Map.groupBy(matching(blobs, documentName), ({ place: at }) => at))
    documents.set(place, sortedText(group.map(({ bytes }) => sha256(bytes))))
  const strange = blobs.filter(({ name }) => !jsonName.test(name) && !documentName.test(name))
  if (strange.length > 0) throw new Error(`raw has a blob that is named ${strange[0]?.name}`)
  const countAt = (place: Place) => documents.get(place)?.split(' ').length ?? 0
  return { ...jsonFacts(jsons, ({ place }) => countAt(place)), documents }
}

/** What lies in the curated container. */
export async function curatedBlobs(settings: Settings) {
  const jsons = matching(await blobsOf(settings, 'curated'), jsonName)
  const documents = new Map<Place, string>()
  for (const { place, bytes } of jsons) {
    const hashes = (parsed(bytes).documents ?? []).map((document) => document.sha256)
    if (hashes.length > 0) documents.set(place, sortedText(hashes))
  }
  return { ...jsonFacts(jsons, ({ bytes }) => parsed(bytes).documents?.length ?? 0), documents }
}

/** What the rows of all days say, with the applications' own ids for their pseudonyms. */
export async function featureRows(
  settings: Settings,
  { ids, salt }: { ids: Iterable<string>; salt: string }
) {
  const idOf = new Map(
    [...ids].map((id) => [createHmac('sha256', salt).update(id).digest('hex').slice(0, 32), id])
  )
  const facts = new Map<Place, string>()
  let rows = 0
  for (const { day, columns } of await parquetRows(settings)) {
    rows += 1
    const { application_key, has_been_manager, reference_present, documents } = columns
    const id = idOf.get(String(application_key)) ?? String(application_key)
    facts.set(`${day}/${id}`, canonicalJson([has_been_manager, reference_present, documents]))
  }
  return { facts, rows }
}

interface Blob {
  readonly name: string
  readonly bytes: Buffer
  readonly metadata: Readonly<Record<string, string>>
}

interface PlacedBlob extends Blob {
  readonly place: Place
}

async function blobsOf(settings: Settings, container: Container): Promise<readonly Blob[]> {
  const store = await openContainer(settings, containers[container])
  const listed: ListedObject[] = []
  for await (const blob of store.list('applications/')) listed.push(blob)
  return mapAtOnce(listed, 8, async ({ name }) => {
    const info = await store.head(name)
    return { name, bytes: await bytesOf(store, name), metadata: info?.metadata ?? {} }
  })
}

async function bytesOf(store: ObjectStore, name: string): Promise<Buffer> {
  const body = await store.get(name)
  return body ? buffer(body) : Buffer.alloc(0)
}

const matching = (blobs: readonly Blob[], pattern: RegExp): PlacedBlob[] =>
  blobs.flatMap((blob) => {
    const [, day, id] = pattern.exec(blob.name) ?? []
    return id === undefined ? [] : [{ ...blob, place: `${day}/${id}` }]
  })

const parsed = (bytes: Buffer) => JSON.parse(bytes.toString('utf8')) as Json

function jsonFacts(jsons: readonly PlacedBlob[], documentsOf: (blob: PlacedBlob) => number) {
  const by = (text: (blob: PlacedBlob) => string) =>
    new Map(jsons.map((blob) => [blob.place, text(blob)] as const))
  return {
    hashes: by(({ metadata }) => metadata['content_sha256'] ?? 'unknown'),
    json: by(({ bytes }) => canonicalJson(parsed(bytes))),
    facts: by((blob) => {
      const { has_been_manager, ref_entreprise, ref_fullname, ref_mail, ref_contact } = parsed(blob.bytes)
      const hasReference = [ref_entreprise, ref_fullname, ref_mail, ref_contact].some((text) => text !== null)
      return canonicalJson([has_been_manager, hasReference, documentsOf(blob)])
    })
  }
}

async function parquetRows(settings: Settings) {
  const store = await openContainer(settings, containers.features)
  const folder = mkdtempSync(join(tmpdir(), 'courant-features-'))
  const duckdb = await DuckDBInstance.create()
  try {
    const connection = await duckdb.connect()
    const rows: { day: string; columns: Readonly<Record<string, unknown>> }[] = []
    for await (const { name } of store.list('applications/')) {
      const [, day = ''] = featuresName.exec(name) ?? []
      const file = join(folder, `${day}.parquet`)
      await store.copyTo(name, file)
      const result = await connection.runAndReadAll(`SELECT * FROM read_parquet('${file}')`)
      for (const columns of result.getRowObjects()) rows.push({ day, columns })
    }
    return rows
  } finally {
    duckdb.closeSync()
    rmSync(folder, { recursive: true })
  }
}
