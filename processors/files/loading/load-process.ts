import { BucketObjects, filesBucketName } from '../../../runtime/object-store/bucket-objects.ts'
import { storeAt } from '../../../runtime/object-store/object-store-for.ts'
import { verdictOf } from '../../../runtime/errors.ts'
import { settingsFrom } from '../../../runtime/settings.ts'
import type { Progress } from '../check/check-file.ts'
import { contractsFolder, loadContracts } from '../contract/contract.ts'
import { load } from './load.ts'
import type { LoadAnswer, LoadRequest } from './messages.ts'

// A process that reads files for another one, one at a time: reading takes a core for as long as a file is long, and what
// swells or crashes harms no other. It ends when its parent is gone.

process.on('disconnect', () => process.exit(0))
process.on('message', (request: LoadRequest) => void answer(request))

const settings = settingsFrom(process.env)
const contracts = loadContracts(contractsFolder)
const bucket = BucketObjects.of(settings)
const store = storeAt(`s3://${filesBucketName(settings)}`, settings)
const everyMs = 500
const stages = { scanning: [0, 0.1], profiling: [0.1, 0.5], judging: [0.5, 0.95] } as const

async function answer(request: LoadRequest): Promise<void> {
  let last = performance.now()
  const progress = ({ stage, done, of }: Progress) => {
    if (performance.now() - last < everyMs) return
    last = performance.now()
    const [from, to] = stages[stage]
    send({ progress: { stage, share: of ? from + (to - from) * Math.min(1, done / of) : from } })
  }
  try {
    send({ loaded: await load(request, { bucket, store: await store, contracts, progress }) })
  } catch (error) {
    send({ error: { isTransient: verdictOf(error) === 'transient', message: (error as Error).message } })
  }
}

const send = (message: LoadAnswer) => void process.send?.(message)
