import { CourantError } from '../errors.ts'

/** True when S3 says that there is no such object. */
export function isNotFound(error: unknown): boolean {
  return ['NotFound', 'NoSuchKey'].includes(codeOf(error))
}

/** True when the object is not, or no longer, what If-Match or If-None-Match asked for. */
export function isPreconditionFailed(error: unknown): boolean {
  // AWS answers 409 ConditionalRequestConflict to one of two concurrent conditional writes.
  return ['PreconditionFailed', 'ConditionalRequestConflict'].includes(codeOf(error))
}

const refusals: Record<string, string> = {
  AccessDenied: 'refuses the credentials or lacks rights; check MINIO_ACCESS_KEY and its policy',
  InvalidAccessKeyId: 'does not know MINIO_ACCESS_KEY',
  SignatureDoesNotMatch: 'does not accept MINIO_SECRET_KEY',
  NoSuchBucket: 'has no such bucket; create it or correct COURANT_LAKE_URL',
  InvalidBucketName: 'does not accept the name of the bucket; correct COURANT_LAKE_URL',
  AuthorizationHeaderMalformed: 'lies in another region; correct MINIO_REGION',
  EntityTooLarge: 'does not accept an object of that size'
}

/** Runs calls of the MinIO client; what the server refuses for good is TARGET_REFUSED, the rest TARGET_UNAVAILABLE. */
export async function translated<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof CourantError) throw error
    const code = codeOf(error)
    const refusal = refusals[code]
    if (refusal) throw new CourantError('TARGET_REFUSED', `The object store ${refusal}`, { cause: error })
    if (error instanceof TypeError) throw error
    throw new CourantError('TARGET_UNAVAILABLE', `The object store does not answer as it should (${code})`, {
      cause: error
    })
  }
}

function codeOf(error: unknown): string {
  const { code, name } = error as { code?: unknown; name?: string }
  return typeof code === 'string' && code !== '' ? code : (name ?? 'unknown')
}
