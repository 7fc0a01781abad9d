import { type PipelineStatement, pipelineStatusSchema } from '../../schemas/pipeline-status.ts'
import { topic } from '../topic.ts'

const minuteMs = 60_000

/** Where each process says how its pipelines are: the newest of a key counts, and a process that stops takes back its own. */
export const statusTopic = topic<PipelineStatement>({
  name: 'courant.pipelines.status',
  describe: 'What each process says of the pipelines that it runs, again every few seconds',
  owner: 'courant',
  schema: pipelineStatusSchema,
  isDerived: true,
  partitions: 1,
  config: {
    'cleanup.policy': 'compact,delete',
    // Whose process said nothing for so long is not expected back.
    'retention.ms': String(24 * 60 * minuteMs),
    // Only what is newest is read: it stays small.
    'segment.ms': String(10 * minuteMs),
    'min.cleanable.dirty.ratio': '0.1',
    'delete.retention.ms': String(10 * minuteMs),
    // One clock for all who write.
    'message.timestamp.type': 'LogAppendTime'
  },
  shape: { keyOf: ({ process, pipeline }) => `${process}/${pipeline}` }
})

/** How often a process says it. */
export const saidEveryMs = 5_000

/** A statement that is older says nothing of now. */
export const believedForMs = 6 * saidEveryMs
