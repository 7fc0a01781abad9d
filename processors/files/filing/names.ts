import { createHash } from 'node:crypto'
import type { BucketObject } from '../../../runtime/object-store/bucket-objects.ts'

/** Where files are dropped. */
export const inputFolder = 'input/'
/** Where files lie that could not be filed. */
export const rejectedFolder = 'input/_rejected/'
/** Where files are kept as they came. */
export const rawFolder = 'raw/'

const mostBytes = 150

/** The last part of a name. */
export const nameOf = (key: string): string => key.slice(key.lastIndexOf('/') + 1)

/** What is wrong with the name of a dropped file; null when nothing is. */
export function nameProblem(key: string): 'unsafe_name' | null {
  const parts = key.slice(inputFolder.length).split('/')
  const isUnsafe = parts.some((part) => part === '' || part.startsWith('.'))
  // oxlint-disable-next-line no-control-regex -- control characters are what is unsafe
  return isUnsafe || /[\\\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffd]/.test(key)
    ? 'unsafe_name'
    : null
}

/** A name that every store and folder takes, as like the one it is made of as can be. */
export function safeName(name: string): string {
  const plain = name
    .normalize('NFC')
    // oxlint-disable-next-line no-control-regex -- control characters are what is replaced
    .replaceAll(/[\\/\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffd\ud800-\udfff]/gu, '_')
    .replace(/^\.+/, '_')
  if (plain !== '' && Buffer.byteLength(plain) <= mostBytes) return plain
  const ending = /(?:\.[A-Za-z0-9]{1,8}){0,2}$/.exec(plain)?.[0] ?? ''
  let short = ''
  for (const letter of plain.slice(0, plain.length - ending.length)) {
    if (Buffer.byteLength(short + letter + ending) > mostBytes - 9) break
    short += letter
  }
  return `${short}~${shortHash(name)}${ending}`
}

/** When an object was written, by the store's clock, as names have it. */
export const stampOf = (at: Date): string => `${at.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`

/** Says of a copy which dropped object it is of. */
export const markOf = ({ key, etag, modifiedAt }: BucketObject): string =>
  createHash('sha256').update(`${key}\n${etag}\n${modifiedAt.getTime()}`).digest('hex')

export const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 8)
