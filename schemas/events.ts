import { problemOfApplication } from './applications/problem-of.ts'
import { type EventType, event } from './event.ts'
import type { CvCallbackDue, CvRequest, CvResult } from './types/cv.ts'
import type { ArrivedFile, FiledFile, RejectedLine, UpdatedDataset } from './types/files.ts'
import type { ClaimedApplication, CuratedApplication, SubmittedApplication } from './types/applications.ts'

const rules = { problemOf: problemOfApplication }
/** They tell of persons: not longer than it is needed. */
const monthMs = 30 * 24 * 3_600_000

/** Every event that flows as a whole. A new one is its .avsc file, a line here and the import of its type, which `npm run generate` makes. */
export const events = {
  submittedApplication: event<SubmittedApplication>('applications', 'submitted', rules),
  claimedApplication: event<ClaimedApplication>('applications', 'claimed', rules),
  curatedApplication: event<CuratedApplication>('applications', 'curated', rules),
  cvResult: event<CvResult>('cv', 'result', { topic: 'cv.results', keptMs: monthMs }),
  arrivedFile: event<ArrivedFile>('files', 'arrived', { keptMs: monthMs }),
  filedFile: event<FiledFile>('files', 'filed', { keptMs: monthMs }),
  rejectedLine: event<RejectedLine>('files', 'rejected', { keptMs: monthMs }),
  updatedDataset: event<UpdatedDataset>('files', 'updated', { keptMs: monthMs })
}

const cvLane = (priority: string) =>
  event<CvRequest>('cv', 'request', { topic: `cv.requests.${priority}`, keptMs: monthMs })

/** CVs that wait to be read, by the lane they wait in. */
export const cvLanes = {
  premium: cvLane('premium'),
  standard: cvLane('standard'),
  batch: cvLane('batch')
}

const cvCallbacks = (name: string, seconds: number) =>
  event<CvCallbackDue>('cv', 'callback-due', {
    topic: `cv.callbacks.${name}`,
    delayMs: seconds * 1000,
    keptMs: monthMs
  })

/** Callbacks that are due, the topics by how long a record waits there. */
export const cvCallbackWaits = [
  cvCallbacks('now', 0),
  cvCallbacks('5s', 5),
  cvCallbacks('5m', 5 * 60),
  cvCallbacks('30m', 30 * 60),
  cvCallbacks('2h', 2 * 3600),
  cvCallbacks('5h', 5 * 3600),
  cvCallbacks('10h', 10 * 3600)
] as const

export const eventList: readonly EventType[] = [
  ...Object.values(events),
  ...Object.values(cvLanes),
  ...cvCallbackWaits
]
