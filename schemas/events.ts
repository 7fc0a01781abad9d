import { problemOfApplication } from './applications/problem-of.ts'
import { type EventType, event } from './event.ts'
import type { ClaimedApplication, CuratedApplication, SubmittedApplication } from './types/applications.ts'

const rules = { problemOf: problemOfApplication }

/** Every event that flows as a whole. A new one is its .avsc file, a line here and the import of its type, which `npm run generate` makes. */
export const events = {
  submittedApplication: event<SubmittedApplication>('applications', 'submitted', rules),
  claimedApplication: event<ClaimedApplication>('applications', 'claimed', rules),
  curatedApplication: event<CuratedApplication>('applications', 'curated', rules)
}

export const eventList: readonly EventType[] = Object.values(events)
