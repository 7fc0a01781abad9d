import { complain, print } from '../../cli/verb/output.ts'
import { contractsFolder, loadContracts } from '../../processors/files/contract/contract.ts'
import { nameOf, rawFolder, stampOf } from '../../processors/files/filing/names.ts'
import { themesOf } from '../../processors/files/filing/theme.ts'
import { CourantError } from '../../runtime/errors.ts'
import { BucketObjects, filesBucketSettings } from '../../runtime/object-store/bucket-objects.ts'
import { checkSettings, settingsFrom } from '../../runtime/settings.ts'

/** `courant lake replay`: forgets that files of raw were read, so that the pipelines read them again. */
export async function replay(theme: string, from?: string): Promise<void> {
  const themes = themesOf(loadContracts(contractsFolder))
  if (!themes.includes(theme))
    throw new CourantError('CONFIG_INVALID', `There is no theme ${theme}: there are ${themes.join(', ')}`)
  const day = from === undefined ? new Date(0) : new Date(`${from}T00:00:00Z`)
  if (Number.isNaN(day.getTime()))
    throw new CourantError('CONFIG_INVALID', '--from must be a day, such as 2026-11-01')
  checkSettings([...filesBucketSettings], process.env)
  const bucket = BucketObjects.of(settingsFrom(process.env))
  await bucket.check()
  const count = await forget(bucket, theme, stampOf(day))
  print(`${count} files of ${theme} are read again`)
  if (count > 0) complain('`courant run` does it; it finds them by listing raw')
}

/** Forgets what was said of the files of a theme that came at a time or later. Returns how many there are. */
export async function forget(bucket: BucketObjects, theme: string, from: string): Promise<number> {
  let count = 0
  for await (const { key } of bucket.list(`${rawFolder}${theme}/`)) {
    if (key.endsWith('/') || nameOf(key) < from) continue
    // What is said of it stays for people; only that it is settled is forgotten.
    await bucket.delete(`metadata/${theme}/${nameOf(key)}.quality.json`)
    count++
  }
  return count
}
