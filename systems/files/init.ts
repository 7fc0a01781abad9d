import { print } from '../../cli/verb/output.ts'
import { contractsFolder, loadContracts } from '../../processors/files/contract/contract.ts'
import { themesOf } from '../../processors/files/filing/theme.ts'
import { BucketObjects, filesBucketSettings } from '../../runtime/object-store/bucket-objects.ts'
import { checkSettings, settingsFrom } from '../../runtime/settings.ts'

/** Folders of the bucket, as they always were; an object store has them as empty objects. */
export const foldersFor = (themes: readonly string[]): readonly string[] => [
  'input/',
  ...themes.map((theme) => `input/${theme}/`),
  ...themes.map((theme) => `metadata/${theme}/`),
  'notebooks/',
  ...['bronze', 'argent', 'or', 'platine'].flatMap((layer) =>
    themes.map((theme) => `output/${layer}/${theme}/`)
  ),
  ...themes.map((theme) => `raw/${theme}/`),
  'scripts/'
]

/** The webhook as MinIO calls it; its environment or `mc admin config` gives it address and token. */
const target = 'arn:minio:sqs::COURANT:webhook'

/** `courant lake init`: makes the bucket with its folders, and has it tell of dropped files; repeating it changes nothing. */
export async function init(): Promise<void> {
  checkSettings([...filesBucketSettings], process.env)
  const bucket = BucketObjects.of(settingsFrom(process.env))
  const isThere = await bucket.exists()
  await bucket.make()
  let made = 0
  for (const folder of foldersFor(themesOf(loadContracts(contractsFolder)))) {
    if (await bucket.head(folder)) continue
    await bucket.put(folder, '', 'application/x-directory')
    made++
  }
  print(`${bucket.name}: ${isThere ? 'was there' : 'made'}, ${made} folders made`)
  if (await bucket.notify(target, 'input/'))
    return print(`The store tells ${target} of what is dropped in input/`)
  for (const line of notTold) print(line)
}

const notTold = [
  `The store knows no target ${target}: dropped files are found by listing only. To be told at once, start it with`,
  '  MINIO_NOTIFY_WEBHOOK_ENABLE_COURANT=on',
  '  MINIO_NOTIFY_WEBHOOK_ENDPOINT_COURANT=http://<this machine>:8000/',
  '  MINIO_NOTIFY_WEBHOOK_AUTH_TOKEN_COURANT="Bearer <COURANT_FILES_TOKEN>"',
  'and run this again.'
]
