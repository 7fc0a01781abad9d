import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { BucketObjects } from '../../../runtime/object-store/bucket-objects.ts'
import { bytesContent, fileContent } from '../../../runtime/object-store/content.ts'
import { type ObjectStore, readText } from '../../../runtime/object-store/object-store.ts'
import { temporaryFolder } from '../../../runtime/files/temporary-folder.ts'
import type { Progress } from '../check/check-file.ts'
import type { Contract } from '../contract/contract.ts'
import { nameOf, safeName } from '../filing/names.ts'
import { sqlText, withDuckDb } from '../layers/duckdb.ts'
import { fileIdOf, type LayeredFile, layerFile } from '../layers/layer-file.ts'
import { pageOf } from '../report/page.ts'
import { qualityJson } from '../report/quality.ts'
import { fold } from '../types/fold.ts'
import type { ArgentFile } from './current.ts'
import type { Loaded, LoadedReject, LoadRequest } from './messages.ts'

/** Lines that the topic gets of one file; the Parquet beside it has them all. */
const mostRejected = 5_000
/** Longer ones are in that file only: a record of a topic has room for so much. */
const mostChars = 20_000

export interface LoadTools {
  readonly bucket: BucketObjects
  readonly store: ObjectStore
  readonly contracts: readonly Contract[]
  readonly progress?: (progress: Progress) => void
}

/**
 * Reads a file of raw into Bronze and Argent and says what is wrong with it. What it writes is the same each time, under
 * names of its own, and counts only once the dataset's list names it. Null when the file is gone.
 */
export async function load({ raw, theme }: LoadRequest, tools: LoadTools): Promise<Loaded | null> {
  const { bucket, contracts, progress } = tools
  const folder = mkdtempSync(join(temporaryFolder(), 'load-'))
  try {
    const file = join(folder, safeName(nameOf(raw).replace(/^\d{8}T\d{6}Z_/, '')))
    const sha256 = await bucket.download(raw, file)
    if (sha256 === null) return null
    const owner = await firstWith(sha256, raw, tools)
    const made = await layerFile(file, {
      raw,
      sha256,
      folder,
      contracts,
      theme,
      ...(progress && { progress }),
      sameContent: () => (owner === raw ? undefined : owner)
    })
    try {
      return await stored(made, { raw, theme, sha256, folder, tools })
    } finally {
      made.result.findings.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The object that says which file of raw was the first with a content. */
export const contentOf = (sha256: string): string => `metadata/_contents/${sha256}`

/** The file of raw that had this content first, as long as it is there; of two at once, one is. */
async function firstWith(sha256: string, raw: string, tools: LoadTools): Promise<string> {
  const { bucket, store } = tools
  const name = contentOf(sha256)
  const info = await store.head(name)
  const first = info && (await readText(store, name, { ifMatch: info.etag }))
  if (first === raw || (first && (await bucket.head(first)))) return first
  const condition = info ? ({ ifMatch: info.etag } as const) : ({ ifNoneMatch: '*' } as const)
  const isOurs = (await store.put(name, bytesContent(raw), condition)) !== null
  return isOurs ? raw : firstWith(sha256, raw, tools)
}

interface Making {
  readonly raw: string
  readonly theme: string
  readonly sha256: string
  readonly folder: string
  readonly tools: LoadTools
}

async function stored(made: LayeredFile, making: Making): Promise<Loaded> {
  const { raw, theme, sha256, folder, tools } = making
  const { result, contract, edition, bronze, argent, rejected } = made
  const dataset = contract
    ? `${contract.theme}/${contract.dataset}`
    : `${theme}/sans-contrat-${
        fold(
          nameOf(raw)
            .replace(/^\d{8}T\d{6}Z_/, '')
            .replace(/\..*$/, '')
        ).replaceAll(/[^a-z0-9]+/g, '-') || 'fichier'
      }`
  const id = fileIdOf(raw)
  const put = async (name: string, file: string, contentType: string) =>
    void (await tools.store.put(name, await fileContent(file), { contentType }))
  const metadata = `metadata/${theme}/${nameOf(raw)}`
  if (rejected) await put(`${metadata}.rejected.parquet`, rejected.file, parquet)
  if (bronze) await put(`output/bronze/${dataset}/${id}.parquet`, bronze.file, parquet)
  const key = `output/argent/${dataset}/${id}.parquet`
  if (argent) await put(key, argent.file, parquet)
  const page = join(folder, 'page.html')
  await pipeline(Readable.from(pageOf(result)), createWriteStream(page))
  await put(`${metadata}.html`, page, 'text/html; charset=utf-8')
  const quality = join(folder, 'quality.json')
  await pipeline(Readable.from(qualityJson(result)), createWriteStream(quality))
  // What lists say is read ends in .quality.json: that is its name once the dataset's list has the file.
  await put(`${metadata}.quality.pending`, quality, 'application/json')
  const counted: ArgentFile | null = argent
    ? { key, rows: argent.rows, edition, raw, sha256, content: await contentHash(argent.file) }
    : null
  return {
    dataset,
    verdict: result.verdict,
    isSuperseding: contract?.supersedes != null,
    argent: counted,
    rejected: rejected ? await rejectedLines(rejected.file) : [],
    quality: `${metadata}.quality`
  }
}

const parquet = 'application/vnd.apache.parquet'

/** The same for the same rows in whatever order they stand. */
const contentHash = (file: string): Promise<string> =>
  withDuckDb(async (connection) => {
    const read = `read_parquet(${sqlText(file)})`
    const found = await connection.runAndReadAll(
      `SELECT count(*)::VARCHAR || ':' || coalesce(sum(hash(each)::HUGEINT), 0)::VARCHAR
       FROM (SELECT * EXCLUDE (_file, _line, _sha256, _edition) FROM ${read}) AS each`
    )
    return String(found.getRows()[0]?.[0])
  })

const rejectedLines = (file: string): Promise<readonly LoadedReject[]> =>
  withDuckDb(async (connection) => {
    const found = await connection.runAndReadAll(
      `SELECT _line, if(length(cells) > ${mostChars}, '[]', cells), codes, left(reasons, ${mostChars}) FROM read_parquet(${sqlText(file)}) ORDER BY _line LIMIT ${mostRejected}`
    )
    return found.getRows().map(([line, cells, codes, reasons]) => ({
      line: Number(line),
      cells: cells as string,
      codes: codes as string,
      reasons: reasons as string
    }))
  })
