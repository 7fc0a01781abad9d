import { newRunId } from '../../../producers/progress/run-id.ts'
import type { RunMode } from '../../../schemas/erp/run-envelope.ts'
import { logRun, type RunEntry } from '../../../sinks/ods/run-log.ts'
import type { EtlSession } from '../etl-session.ts'
import { errorOf } from './load-report.ts'

/** A load that failed, perhaps before it was a run. */
export interface FailedLoad {
  readonly tableName: string
  readonly mode: RunMode
  /** Absent when no run had begun. */
  readonly runId?: string
  readonly startedAt?: Date
}

/** Writes a failed load to etl.ETL_Log and gives what was written; an ODS that does not answer is only warned of. */
export async function logFailure(
  { ods, logger }: EtlSession,
  { startedAt = new Date(), ...load }: FailedLoad,
  cause: unknown
): Promise<RunEntry> {
  const { code, message } = errorOf(cause)
  const entry: RunEntry = {
    runId: newRunId(startedAt),
    ...load,
    status: 'failed',
    startedAt,
    finishedAt: new Date(),
    errorCode: code,
    errorMessage: message,
    failedStep: /^(?:TARGET|OFFSET)_/.test(code) ? 'merge' : 'extract'
  }
  try {
    await logRun(ods, entry)
  } catch (error) {
    logger.warn({ err: error }, 'the failure could not be written to etl.ETL_Log')
  }
  return entry
}
