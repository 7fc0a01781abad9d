import type { errors, types } from 'cassandra-driver'
import { driver } from './driver.ts'
import { CourantError } from '../../runtime/errors.ts'

const codes = () =>
  driver.types.responseErrorCodes as Readonly<Record<keyof typeof types.responseErrorCodes, number>>

/** What a page that was too much for the server ends with; fewer rows may do. */
const tooMuch = (): readonly number[] => [codes().readTimeout, codes().readFailure, codes().overloaded]

const refused = (): readonly number[] => [
  codes().badCredentials,
  codes().unauthorized,
  codes().invalid,
  codes().syntaxError,
  codes().configError,
  codes().protocolError
]

/**
 * Turns what the driver throws into SOURCE_REFUSED (login, rights, missing table) or SOURCE_UNAVAILABLE, whose
 * `details.isTooMuch` says that a smaller page may succeed, and `details.isChanged` that the table may no longer be as it
 * was. What is not the driver's is given back as it is.
 */
export function translateError(error: unknown): unknown {
  if (error instanceof CourantError || !(error instanceof driver.errors.DriverError)) return error
  if (error instanceof driver.errors.AuthenticationError)
    return refusal('it does not accept the login', error)
  if (error instanceof driver.errors.NoHostAvailableError) return noHost(error)
  if (error instanceof driver.errors.ResponseError) return response(error)
  if (error instanceof driver.errors.OperationTimedOutError)
    return unavailable('it did not answer in time', error, { isTooMuch: true })
  if (error instanceof driver.errors.ArgumentError) return refusal(error.message, error)
  return unavailable('the connection failed', error)
}

function response(error: errors.ResponseError): CourantError {
  const { code } = error
  // The driver prepares again by itself, unless the query no longer fits the table.
  if (code === codes().unprepared)
    return unavailable('the table was changed; it is looked at again', error, { isChanged: true })
  if (refused().includes(code)) return refusal(error.message, error)
  if (code === codes().readFailure)
    return unavailable(
      'a replica gave up on the read, mostly because of too many tombstones (tombstone_failure_threshold): ' +
        'run `nodetool compact` on the table or lower gc_grace_seconds; the page is read again with fewer rows',
      error,
      { isTooMuch: true }
    )
  if (code === codes().readTimeout)
    return unavailable('replicas did not answer in time; the page is read again with fewer rows', error, {
      isTooMuch: true
    })
  return unavailable(error.message, error, { isTooMuch: tooMuch().includes(code) })
}

/** The driver asks each host in turn; what the hosts said counts more than that none is left. */
function noHost(error: errors.NoHostAvailableError): unknown {
  const inner = Object.values((error.innerErrors ?? {}) as Record<string, unknown>)
  const told = inner.find((each) => each instanceof driver.errors.ResponseError || isRefusal(each))
  return told ? translateError(told) : unavailable('no node could be reached', error)
}

/** Of an ArgumentError too: the driver finds out only from a host that a data centre is not there. */
function isRefusal(error: unknown): boolean {
  return error instanceof driver.errors.AuthenticationError || error instanceof driver.errors.ArgumentError
}

function refusal(what: string, cause: Error): CourantError {
  return new CourantError(
    'SOURCE_REFUSED',
    `Cassandra refuses: ${what}. Check COURANT_CASSANDRA_* and the rights of the user.`,
    { cause }
  )
}

function unavailable(what: string, cause: Error, details: Record<string, unknown> = {}): CourantError {
  return new CourantError('SOURCE_UNAVAILABLE', `Cassandra is not available: ${what}`, { cause, details })
}
