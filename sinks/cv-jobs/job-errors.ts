import { pg } from '../../runtime/process/packages.ts'
import { CourantError } from '../../runtime/errors.ts'
import { isTlsFailure, tlsAdvice } from '../../runtime/postgres-tls.ts'
import { cvDatabaseUrl } from './settings.ts'

/** Connection exceptions, rollbacks such as deadlocks, out of resources, operator intervention, system errors. */
const transientClass = /^(?:08|40|53|57|58)/

/** Every error of the job database as ours; of a database error only its code goes on, no values. */
export function jobError(error: unknown, doing: string): unknown {
  if (error instanceof CourantError) return error
  if (isTlsFailure(error)) return new CourantError('TARGET_REFUSED', tlsAdvice, { cause: error })
  if (!(error instanceof pg.DatabaseError)) {
    const reason = (error as { code?: string } | null)?.code ?? 'connection'
    return new CourantError(
      'TARGET_UNAVAILABLE',
      `The job database does not answer to ${doing} (${reason})`,
      {
        cause: error
      }
    )
  }
  const { code = '' } = error
  return transientClass.test(code)
    ? new CourantError(
        'TARGET_UNAVAILABLE',
        `The job database was interrupted (${code}) when it was to ${doing}`
      )
    : new CourantError(
        'TARGET_REFUSED',
        `The job database refuses to ${doing} (SQLSTATE ${code}): correct ${cvDatabaseUrl.env}, or the rights of its user on schema cv`
      )
}
