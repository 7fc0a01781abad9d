import { defineProcessor } from '../../runtime/define.ts'
import type { AnyPipeline } from '../../runtime/pipeline.ts'
import { cvCallbackWaits, events } from '../../schemas/events.ts'
import type { CvCallbackDue, CvResult } from '../../schemas/types/cv.ts'
import { topicOf } from '../../topics/catalogue.ts'

const [now] = cvCallbackWaits

/** `queue-callbacks`: each job that ended, and whose end somebody wants to be told, is a callback that is due. */
export const queueCallbacks: AnyPipeline = defineProcessor<CvResult, CvCallbackDue>({
  name: 'queue-callbacks',
  from: topicOf(events.cvResult),
  process: ({ job_id, ended_at, callback }) =>
    callback === null ? [] : [{ job_id, attempt: 0, first_at: ended_at, due_at: ended_at, callback }],
  to: topicOf(now)
})
