import { cvServiceProcessors } from '../../processors/cv-jobs/index.ts'
import { cvJobSinks, jobStore } from '../../sinks/cv-jobs/index.ts'
import { cvDatabaseUrl } from '../../sinks/cv-jobs/settings.ts'
import { topicList } from '../../topics/catalogue.ts'
import type { SystemParts } from '../system.ts'
import { queueApiSettings } from './queue-api.ts'

/** What the CV service is made of. */
export const cvParts = (name: string): SystemParts => ({
  switches: [cvDatabaseUrl],
  settings: queueApiSettings,
  topics: topicList.filter(({ owner }) => owner === name),
  pipelines: [...cvServiceProcessors(jobStore), ...cvJobSinks],
  servers: ['postgres']
})
