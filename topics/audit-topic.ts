import { type AuditEntry, auditEntrySchema } from '../schemas/audit-entry.ts'
import { topic } from './topic.ts'

const day = 24 * 60 * 60 * 1000

/** What people changed by hand, from a page or the command line; kept for two years. */
export const auditTopic = topic<AuditEntry>({
  name: 'courant.audit',
  describe: 'Who changed what by hand, from where, what was previewed, and what came of it',
  owner: 'courant',
  schema: auditEntrySchema,
  isDerived: true,
  partitions: 1,
  config: {
    'cleanup.policy': 'delete',
    'retention.ms': String(2 * 365 * day),
    // One clock for all who write.
    'message.timestamp.type': 'LogAppendTime'
  },
  shape: { keyOf: ({ action_id }) => action_id }
})
