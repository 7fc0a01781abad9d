import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync
} from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type { Environment } from '../runtime/settings.ts'
import { type DroppedUser, mayEnter } from './tied-process.ts'

/** Where downloads stay between runs: `COURANT_CACHE_DIR`, else a folder of the user's cache. */
export function cacheDirFrom(env: Environment): string {
  const userCache = env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return resolve(env['COURANT_CACHE_DIR'] || join(userCache, 'courant'))
}

/** Where servers keep data and logs: `COURANT_DATA_DIR`, else `.courant` of the working directory. */
export function dataDirFrom(env: Environment): string {
  return resolve(env['COURANT_DATA_DIR'] || '.courant')
}

/** The user that stands in for root (`postgres` if the machine has it, else `nobody`), or undefined when we are not root. */
export function userInsteadOfRoot(): DroppedUser | undefined {
  if (process.getuid?.() !== 0) return undefined
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n')
  const account = ['postgres', 'nobody']
    .map((name) => accounts.find((line) => line.startsWith(`${name}:`)))
    .find((line) => line !== undefined)
  const [, , uid = '65534', gid = '65534'] = account?.split(':') ?? []
  return { uid: Number(uid), gid: Number(gid) }
}

/** The wished folder when the user may enter it, else one that everybody may: a clone or home under /root is closed. */
export function enterableCache(wished: string, user: DroppedUser | undefined): string {
  mkdirSync(wished, { recursive: true })
  return !user || mayEnter(user, wished) ? wished : openFolder('/var/cache/courant')
}

/** A folder that everybody may pass through, whatever the umask. */
function openFolder(folder: string): string {
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  return folder
}

/**
 * A data folder that belongs to the user. When the way to it is closed to him, the data stands under /var/lib/courant
 * and a link leads there; without that link what stands there is left over from a deleted data folder, and removed.
 */
export function ownedFolder(wished: string, user: DroppedUser | undefined): string {
  mkdirSync(dirname(wished), { recursive: true })
  if (!user) {
    mkdirSync(wished, { recursive: true, mode: 0o700 })
    return wished
  }
  const folder = mayEnter(user, dirname(wished)) ? wished : outsideOf(wished)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chownSync(folder, user.uid, user.gid)
  return folder
}

function outsideOf(wished: string): string {
  const hash = createHash('sha256').update(wished).digest('hex').slice(0, 12)
  const target = join('/var/lib/courant', `${basename(wished)}-${hash}`)
  if (existsSync(wished) && lstatSync(wished).isSymbolicLink()) return target
  rmSync(target, { recursive: true, force: true })
  rmSync(wished, { recursive: true, force: true })
  openFolder(dirname(target))
  symlinkSync(target, wished)
  return target
}
