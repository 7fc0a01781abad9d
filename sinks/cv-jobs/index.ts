import { defineSink } from '../../runtime/define.ts'
import type { AnyPipeline, LogItem, Spec, StoredOffsets, Writer } from '../../runtime/pipeline.ts'
import { cvLanes, events } from '../../schemas/events.ts'
import type { CvRequest, CvResult } from '../../schemas/types/cv.ts'
import { topicOf } from '../../topics/catalogue.ts'
import { union } from '../../topics/log/union.ts'
import { insertPending, type Session, storeOffsets, storeResults } from './job-statements.ts'
import { JobStore } from './job-store.ts'
import { jobStoreSettings } from './settings.ts'

/** The jobs of the CV service, for pipelines and for the edge. */
export const jobStore: Spec<JobStore> = {
  describe: 'PostgreSQL, schema cv',
  settings: jobStoreSettings,
  open: ({ settings }) => JobStore.open(settings)
}

/** The pipeline that notes accepted CVs. */
export const requestsSink = 'cv-jobs.requests'

/** Accepted CVs and how they ended, in PostgreSQL with their offsets. */
export const cvJobSinks: readonly AnyPipeline[] = [
  defineSink<CvRequest>({
    name: requestsSink,
    from: union(Object.values(cvLanes).map((lane) => topicOf(lane))),
    into: intoJobs(requestsSink, insertPending)
  }),
  defineSink<CvResult>({
    name: 'cv-jobs.results',
    from: topicOf(events.cvResult),
    into: intoJobs('cv-jobs.results', storeResults)
  })
]

type Store<T> = (session: Session, values: readonly T[]) => Promise<void>

function intoJobs<T>(group: string, store: Store<T>): Spec<Writer<T, LogItem<T>>> {
  return { ...jobStore, open: async (context) => new JobsWriter(group, store, await jobStore.open(context)) }
}

/** Writes records and their offsets in one transaction, so that it always begins behind what it has (promise 3). */
class JobsWriter<T> implements Writer<T, LogItem<T>> {
  readonly stored: StoredOffsets
  readonly #group: string
  readonly #store: Store<T>
  readonly #jobs: JobStore

  constructor(group: string, store: Store<T>, jobs: JobStore) {
    this.#group = group
    this.#store = store
    this.#jobs = jobs
    this.stored = {
      nextOffsets: async (topic, partitions) => {
        const known = await jobs.offsets(group, topic)
        return new Map(
          partitions.map((partition) => [
            partition,
            known.find((at) => at.partition === partition)?.nextOffset ?? 0
          ])
        )
      },
      save: (topic, next) =>
        jobs.transaction('store offsets', (session) =>
          storeOffsets(
            session,
            group,
            [...next].map(([partition, nextOffset]) => ({ topic, partition, nextOffset }))
          )
        )
    }
  }

  async write(items: readonly LogItem<T>[]): Promise<void> {
    if (items.length === 0) return
    await this.#jobs.transaction('store jobs', async (session) => {
      await this.#store(
        session,
        items.map(({ value }) => value)
      )
      const next = items.map(({ topic, partition, offset }) => ({ topic, partition, nextOffset: offset + 1 }))
      await storeOffsets(session, this.#group, next)
    })
  }

  close(): Promise<void> {
    return this.#jobs.close()
  }
}
