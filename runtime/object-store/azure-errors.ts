import { CourantError } from '../errors.ts'

/** Azure's answer as the SDK throws it; `statusCode` is absent when there was none. */
interface AzureError {
  readonly code?: unknown
  readonly name?: string
  readonly statusCode?: number
  /** The answer's headers; the only place of the code when it has no body. */
  readonly details?: { readonly errorCode?: unknown }
}

/** True when there is no such blob. */
export function isNotFound(error: unknown): boolean {
  return statusOf(error) === 404 && codeOf(error) !== 'ContainerNotFound'
}

// Conflicts that are about the blob's state and not about what If-Match or If-None-Match asked for.
const otherConflicts = /^(Lease|Container|Account|BlobImmutable|BlobBeingRehydrated|OperationTimedOut)/

/** True when the blob is not, or no longer, what If-Match or If-None-Match asked for. */
export function isConditionFailed(error: unknown): boolean {
  return [409, 412].includes(statusOf(error) ?? 0) && !otherConflicts.test(codeOf(error))
}

const refusals: Readonly<Record<string, string>> = {
  AccountIsDisabled: 'is disabled; enable the storage account',
  AuthenticationFailed: 'does not accept the key; correct AZURE_STORAGE_CONNECTION_STRING',
  AuthorizationFailure: 'does not let us in; check the rights of the key and the firewall of the account',
  BlobImmutableDueToPolicy: 'forbids replacing the blob; exclude the container from the immutability policy',
  ContainerNotFound: 'has no such container any more; restart, so that it is made again',
  RequestBodyTooLarge: 'does not accept a blob of that size'
}

/** Statuses that no repetition heals; a container or account that is being changed answers 409 for a while. */
const refusedStatuses = new Set([400, 401, 403, 404, 405, 411, 413])

/** Runs calls of the Azure SDK; what the service refuses for good is TARGET_REFUSED, the rest TARGET_UNAVAILABLE. */
export async function translated<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof CourantError) throw error
    const code = codeOf(error)
    const status = statusOf(error)
    const refusal = refusals[code]
    if (refusal !== undefined || (status !== undefined && refusedStatuses.has(status)))
      throw new CourantError(
        'TARGET_REFUSED',
        `Blob Storage ${refusal ?? `refuses the request (${code}); check AZURE_STORAGE_CONNECTION_STRING and the names of the containers`}`,
        { cause: error }
      )
    if (status === undefined && error instanceof TypeError) throw error
    throw new CourantError('TARGET_UNAVAILABLE', `Blob Storage does not answer as it should (${code})`, {
      cause: error
    })
  }
}

const statusOf = (error: unknown): number | undefined => (error as AzureError).statusCode

function codeOf(error: unknown): string {
  const { code, details, name, statusCode } = error as AzureError
  const named = code ?? details?.errorCode
  return typeof named === 'string' && named !== '' ? named : String(statusCode ?? name ?? 'unknown')
}
