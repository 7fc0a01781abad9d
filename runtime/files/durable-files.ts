import { accessSync, constants, createWriteStream, existsSync, mkdirSync, statSync } from 'node:fs'
import { mkdir, open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CourantError } from '../errors.ts'

/** Writes a file that survives a power cut once this resolves. */
export async function writeDurably(file: string, content: Buffer | string | Readable): Promise<void> {
  if (typeof content !== 'string' && !Buffer.isBuffer(content)) {
    await pipeline(content, createWriteStream(file, { flush: true }))
    return
  }
  const handle = await open(file, 'w')
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Makes a folder that a setting names where it is missing; CONFIG_INVALID when it cannot be made or written. */
export function makeFolderOf(setting: string, folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
  } catch (cause) {
    throw notWritable(setting, folder, cause)
  }
}

/** Throws CONFIG_INVALID where `makeFolderOf` would; makes nothing. */
export function checkFolderOf(setting: string, folder: string): void {
  let nearest = resolve(folder)
  while (!existsSync(nearest)) nearest = dirname(nearest)
  try {
    if (!statSync(nearest).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' })
    accessSync(nearest, constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw notWritable(setting, folder, cause)
  }
}

function notWritable(setting: string, folder: string, cause: unknown): CourantError {
  const { code } = cause as NodeJS.ErrnoException
  return new CourantError(
    'CONFIG_INVALID',
    `${setting}: the folder ${folder} cannot be made or written (${code}): name another, or correct its rights`,
    { cause }
  )
}

/** Makes a folder and those above it, and their names durable. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true })
  if (first === undefined) return
  for (let made = folder; ; made = dirname(made)) {
    await syncFolder(dirname(made))
    if (made === first) return
  }
}

/** Names in a folder (created, renamed, removed) survive a power cut only once the folder itself is synced. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** True of the error of a file or folder that is not there. */
export function isAbsent(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT'
}
