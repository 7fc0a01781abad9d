import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The password of a server on this data folder alone, made at the first start: on loopback every account of the machine
 * may knock, and a superuser runs programs. Only the account that started the server can read it, here or in stack.env.
 * `former` is kept where data from before there was one is in the folder.
 */
export function ownPassword(home: string, former: string | null = null): string {
  const file = join(home, 'password')
  if (existsSync(file)) return readFileSync(file, 'utf8')
  const password = former ?? randomBytes(18).toString('base64url')
  mkdirSync(home, { recursive: true })
  writeFileSync(file, password, { mode: 0o600 })
  return password
}
