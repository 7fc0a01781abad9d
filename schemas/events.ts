import { type EventType, event } from './event.ts'
import type { ClaimedApplication, CuratedApplication, SubmittedApplication } from './types/applications.ts'

/** Every event that flows as a whole. A new one is its .avsc file, a line here and the import of its type, which `npm run generate` makes. */
export const events = {
  submittedApplication: event<SubmittedApplication>('applications', 'submitted'),
  claimedApplication: event<ClaimedApplication>('applications', 'claimed'),
  curatedApplication: event<CuratedApplication>('applications', 'curated')
}

export const eventList: readonly EventType[] = Object.values(events)
