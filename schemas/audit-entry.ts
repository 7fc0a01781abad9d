import type { RecordSchema } from './envelope.ts'

/** That somebody began to change something, or what came of it; nothing of what flows through. */
export interface AuditEntry {
  /** The same of the beginning and the end of an action. */
  readonly action_id: string
  readonly phase: string
  readonly who: string
  /** The machine and the process. */
  readonly machine: string
  readonly action: string
  readonly target: string
  /** The command that does the same. */
  readonly command: string
  /** What it was said to do before it was done. */
  readonly previewed: string
  readonly reason: string
  /** What came of it; empty of a beginning. */
  readonly result: string
}

export const auditEntrySchema: RecordSchema = {
  type: 'record',
  name: 'AuditEntry',
  namespace: 'courant',
  doc: 'Who changed what by hand, what was previewed, and what came of it.',
  fields: [
    { name: 'action_id', type: 'string' },
    { name: 'phase', type: 'string' },
    { name: 'who', type: 'string' },
    { name: 'machine', type: 'string' },
    { name: 'action', type: 'string' },
    { name: 'target', type: 'string' },
    { name: 'command', type: 'string' },
    { name: 'previewed', type: 'string', default: '' },
    { name: 'reason', type: 'string', default: '' },
    { name: 'result', type: 'string', default: '' }
  ]
}
