import { buffer } from 'node:stream/consumers'
import { defineBench } from '../../runtime/define.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import type { AnyPipeline, Spec } from '../../runtime/pipeline.ts'
import { type Setting, wholeNumber } from '../../runtime/settings.ts'
import { cvLanes, events } from '../../schemas/events.ts'
import type { CvRequest, CvResult } from '../../schemas/types/cv.ts'
import type { CvJobs } from '../../schemas/cv/cv-jobs.ts'
import { drawnFrom } from '../../topics/log/bench-reader.ts'
import { topicOf } from '../../topics/catalogue.ts'
import { CvReaders } from '../cv/isolation/cv-readers.ts'
import { CvRefused } from '../cv/refusal.ts'
import { cvFiles } from './cv-files.ts'

const places: Setting = {
  env: 'COURANT_CV_PLACES',
  describe: 'CVs that one process reads at once, each in a process of its own',
  // The same on every machine, as pages are generated from it.
  default: '2',
  check: wholeNumber(1, 64)
}

const results = topicOf(events.cvResult)

/** While all lanes have something, of ten that start so many are theirs. */
const weights = { premium: 6, standard: 3, batch: 1 } as const
/** How long a CV waits for its lane to weigh twice as much. */
const agesInMs = 10 * 60_000
/** Changes with what is read from the same bytes: results of another one are not taken again. */
const builtInParser = 'courant-1'
/**
 * A document that ends its reader is refused by the process around it. This is for one that ends that process as well:
 * five starts, as a process may die a few times by no fault of what it has in hand.
 */
const mostStarts = 5
/** What a record of a topic holds at most, less its other fields. */
const mostResultBytes = 900_000

const readers: Spec<CvReaders> = {
  describe: 'processes that read CVs',
  settings: [places],
  open: async ({ settings }) => new CvReaders({ count: settings.number(places) })
}

/** Jobs that this process has begun and not ended: one that is tried again here was not begun once more. */
const atWork: Spec<Set<string>> = { describe: 'what is at work', open: async () => new Set() }

interface Tools {
  readonly jobs: CvJobs
  readonly files: ObjectStore
  readonly readers: CvReaders
  readonly atWork: Set<string>
}

/** `parse-cvs`: reads accepted CVs, drawn from their lanes by weight; each ends once, done or failed. */
export const parseCvs = (jobs: Spec<CvJobs>): AnyPipeline =>
  defineBench({
    name: 'parse-cvs',
    describe: 'reads accepted CVs, drawn from their lanes by weight',
    from: drawnFrom(
      Object.entries(cvLanes).map(([priority, lane]) => ({
        topic: topicOf(lane),
        weight: weights[priority as keyof typeof weights]
      })),
      { agesInMs }
    ),
    uses: { jobs, files: cvFiles, readers, atWork },
    places: (settings) => settings.number(places),
    work: (request, { use }) => endOf(request, use),
    to: { names: [results.name], writer: () => results.writer() }
  })

/** How a job ends; nothing when it has ended already, or was cancelled. */
async function endOf(request: CvRequest, tools: Tools): Promise<readonly CvResult[]> {
  const begun = await tools.jobs.begin(request, { isAgain: tools.atWork.has(request.job_id) })
  if (!begun) return []
  tools.atWork.add(request.job_id)
  const startedAt = Date.now() * 1000
  const outcome = begun.starts > mostStarts ? failed(new CvRefused('CV_CRASHED')) : await read(request, tools)
  tools.atWork.delete(request.job_id)
  const { job_id, priority, accepted_at, file_name, sha256, callback } = request
  return [
    {
      job_id,
      priority,
      accepted_at,
      started_at: startedAt,
      ended_at: Date.now() * 1000,
      file_name,
      sha256,
      parser: builtInParser,
      callback,
      ...outcome
    }
  ]
}

type Outcome = Pick<CvResult, 'status' | 'data' | 'error'>

async function read(request: CvRequest, { jobs, files, readers: processes }: Tools): Promise<Outcome> {
  const known = await jobs.known(request.sha256, builtInParser)
  if (known !== null) return { status: 'done', data: JSON.stringify(known), error: null }
  const body = await files.get(request.object)
  if (!body) return { status: 'failed', data: null, error: fileGone }
  const bytes = await buffer(body)
  try {
    const { data, warnings } = await processes.parse(bytes, { fileName: request.file_name })
    const text = JSON.stringify(warnings.length > 0 ? { ...data, _warnings: warnings } : data)
    if (Buffer.byteLength(text) > mostResultBytes) return failed(new CvRefused('CV_BOMB'))
    return { status: 'done', data: text, error: null }
  } catch (error) {
    if (!(error instanceof CvRefused)) throw error
    return failed(error)
  }
}

const failed = (refused: CvRefused): Outcome => ({
  status: 'failed',
  data: null,
  error: { code: refused.refusal, fr: refused.sentence('fr'), en: refused.sentence('en') }
})

const fileGone = {
  code: 'CV_FILE_GONE',
  fr: 'Le fichier n’est plus là : envoyez-le de nouveau',
  en: 'The file is no longer there: send it again'
}
