import type { RunValues } from './dialect.ts'
import { hashRule } from './hashdiff.ts'
import { instantText } from './instant-text.ts'

/** The parameters by which the statements of a merge name what all rows of a run have in common. */
export const runParameters = ({ runId, version, replacesBelow, topic, partition }: RunValues) => ({
  version,
  replacesBelow,
  at: instantText(version),
  rule: hashRule,
  runId,
  topic,
  partition
})
