import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { CourantError } from '../../runtime/errors.ts'
import type { Setting, Settings } from '../../runtime/settings.ts'

export const cvSecretKey: Setting = {
  env: 'COURANT_CV_SECRET_KEY',
  describe:
    'Key that encrypts the addresses and secrets of callbacks, 32 characters or more; the same in every process. Callbacks are refused without it',
  secret: true,
  default: '',
  check: (text) => (text === '' || text.length >= 32 ? null : 'must have 32 characters or more')
}

/** Where the end of a job is told, and with which secret it is signed. */
export interface CallbackTarget {
  readonly url: string
  readonly secret: string | null
}

const algorithm = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** Encrypts a target for a topic (AES-256-GCM, NIST SP 800-38D): a nonce, the tag and the text, in base64. */
export function seal(target: CallbackTarget, settings: Settings): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, keyOf(settings), nonce)
  const text = Buffer.concat([cipher.update(JSON.stringify(target), 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64')
}

/** What was sealed; RECORD_INVALID when it was sealed with another key, or altered. */
export function unseal(text: string, settings: Settings): CallbackTarget {
  const sealed = Buffer.from(text, 'base64')
  try {
    const decipher = createDecipheriv(algorithm, keyOf(settings), sealed.subarray(0, nonceBytes))
    decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes))
    const target = Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()])
    return JSON.parse(target.toString('utf8')) as CallbackTarget
  } catch (cause) {
    throw new CourantError(
      'RECORD_INVALID',
      `The target of a callback cannot be decrypted: it was sealed with another ${cvSecretKey.env}`,
      { cause }
    )
  }
}

const keyOf = (settings: Settings) => createHash('sha256').update(settings.text(cvSecretKey)).digest()
