import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { BucketObject, BucketObjects } from '../../../runtime/object-store/bucket-objects.ts'
import { temporaryFolder } from '../../../runtime/files/temporary-folder.ts'
import type { Contract } from '../contract/contract.ts'
import { isNamed, matchContract } from '../contract/match.ts'
import { openSource } from '../identify/open-source.ts'
import { FileRefused } from '../refusal.ts'
import { layoutOf } from '../table/layout.ts'
import { openTable } from '../table/open-table.ts'
import { scan } from '../text/scan.ts'
import { fold } from '../types/fold.ts'
import { inputFolder, nameOf, safeName } from './names.ts'

/** Which theme a dropped file is of: by its folder, else by its name, else by its columns; null where none of them says. */
export async function themeOf(
  object: BucketObject,
  { bucket, contracts }: { readonly bucket: BucketObjects; readonly contracts: readonly Contract[] }
): Promise<string | null> {
  const themes = themesOf(contracts)
  const [folder, ...rest] = object.key.slice(inputFolder.length).split('/')
  if (rest.length > 0) return themes.find((theme) => theme === fold(folder ?? '').trim()) ?? null
  const name = nameOf(object.key)
  const named = new Set(contracts.filter((contract) => isNamed(contract, name)).map(({ theme }) => theme))
  if (named.size === 1) return [...named][0] ?? null
  return byColumns(object, { bucket, contracts })
}

/** The themes there are: a folder of contracts each. */
export const themesOf = (contracts: readonly Contract[]): readonly string[] => [
  ...new Set(contracts.map(({ theme }) => theme))
]

async function byColumns(
  { key }: BucketObject,
  { bucket, contracts }: { readonly bucket: BucketObjects; readonly contracts: readonly Contract[] }
): Promise<string | null> {
  const folder = mkdtempSync(join(temporaryFolder(), 'filing-'))
  try {
    const file = join(folder, safeName(nameOf(key)))
    if ((await bucket.download(key, file)) === null) return null
    const report = () => undefined
    const source = await openSource(file, report)
    const scanned = await scan(source.content.open())
    const layout = await layoutOf(await openTable(source, scanned, { report }))
    const match = layout && matchContract(contracts, layout.columns, source.name)
    return match && match.missing.length === 0 ? match.contract.theme : null
  } catch (error) {
    if (error instanceof FileRefused) return null
    throw error
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
