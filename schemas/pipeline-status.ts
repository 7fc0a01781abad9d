import type { RecordSchema } from './envelope.ts'

/** What a process says of a pipeline that it runs; nothing of what flows through it. */
export interface PipelineStatement {
  /** Host, process id and start: no later process has the same. */
  readonly process: string
  readonly pipeline: string
  readonly level: string
  readonly reason: string
  /** Code or name of the error behind it, never its message. */
  readonly code: string | null
  readonly seconds: number | null
  readonly promise_seconds: number
}

export const pipelineStatusSchema: RecordSchema = {
  type: 'record',
  name: 'PipelineStatement',
  namespace: 'courant',
  doc: 'What a process says of a pipeline that it runs.',
  fields: [
    { name: 'process', type: 'string' },
    { name: 'pipeline', type: 'string' },
    { name: 'level', type: 'string' },
    { name: 'reason', type: 'string' },
    { name: 'code', type: ['null', 'string'], default: null },
    { name: 'seconds', type: ['null', 'double'], default: null },
    { name: 'promise_seconds', type: 'double' }
  ]
}
