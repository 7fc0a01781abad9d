import { defineProducer } from '../../runtime/define.ts'
import { events } from '../../schemas/events.ts'
import { topicOf } from '../../topics/catalogue.ts'
import { dailyApplications } from './daily-reader.ts'
import { dailyPipeline } from './publish-changed.ts'

/** Publishes again, once a day, what webhooks may have missed; what they did not miss changes nothing. */
export const applicationsProducer = defineProducer({
  name: dailyPipeline,
  from: dailyApplications,
  to: topicOf(events.submittedApplication)
})
