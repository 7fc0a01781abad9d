import type { AnyPipeline, Spec } from '../../runtime/pipeline.ts'
import type { CvJobs } from '../../schemas/cv/cv-jobs.ts'
import { deliverCallbacks } from './deliver-callbacks.ts'
import { parseCvs } from './parse-cvs.ts'
import { queueCallbacks } from './queue-callbacks.ts'

/** What reads accepted CVs and tells how they ended. */
export const cvServiceProcessors = (jobs: Spec<CvJobs>): readonly AnyPipeline[] => [
  parseCvs(jobs),
  queueCallbacks,
  deliverCallbacks(jobs)
]
