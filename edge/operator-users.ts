import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { oneAtATime } from '../runtime/loop/one-at-a-time.ts'
import type { Setting } from '../runtime/settings.ts'
import { entriesIn, nameProblem } from './token-list.ts'

/** Who looks at the operator pages. */
export interface Person {
  readonly name: string
  /** A viewer changes nothing. */
  readonly role: Role
  /** Systems whose records they see and change; null for all. */
  readonly systems: readonly string[] | null
}

const roles = ['viewer', 'operator'] as const
type Role = (typeof roles)[number]

interface User extends Person {
  readonly salt: Buffer
  readonly hash: Buffer
}

/** Who may log in. */
export const operatorUsers: Setting = {
  env: 'COURANT_OPERATOR_USERS',
  describe:
    'Who may log in to the operator pages, as `courant login` makes their lines; with it, nobody looks without a login',
  default: '',
  secret: true,
  check: (text) => {
    const read = readUsers(text)
    return typeof read === 'string' ? read : null
  }
}

/** Reads `<name> scrypt:<salt>:<hash> role:<role> [system:<name> …]`, a line or separated by semicolons; or says what is wrong. */
export function readUsers(text: string): readonly User[] | string {
  const entries = entriesIn(text)
  const users: User[] = []
  for (const [n, entry] of entries.entries()) {
    const user = userIn(entry)
    if (user === null)
      return `has an entry that cannot be read, number ${n + 1}: make it with \`courant login\``
    if (users.some(({ name }) => name === user.name)) return `names ${user.name} twice`
    users.push(user)
  }
  return users
}

const line = /^(\S+) scrypt:([0-9a-f]{32}):([0-9a-f]{64}) role:(\w+)((?: system:[\w-]+)*)$/

function userIn(entry: string): User | null {
  const [, name = '', salt = '', hash = '', roleText, systems = ''] = line.exec(entry) ?? []
  const role = roles.find((one) => one === roleText)
  if (role === undefined || nameProblem(name) !== null) return null
  const named = systems.split(' system:').filter(Boolean)
  return {
    name,
    role,
    systems: named.length > 0 ? named : null,
    salt: Buffer.from(salt, 'hex'),
    hash: Buffer.from(hash, 'hex')
  }
}

// 32 MB and some 100 ms for each guess.
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }
const derive = promisify<string, Buffer, number, typeof cost, Buffer>(scrypt)
const hashOf = (password: string, salt: Buffer) => derive(password, salt, 32, cost)

/** A line of the setting for somebody with this password. */
export async function userLine({ name, role, systems }: Person, password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await hashOf(password, salt)
  const scopes = (systems ?? []).map((system) => ` system:${system}`).join('')
  return `${name} scrypt:${salt.toString('hex')}:${hash.toString('hex')} role:${role}${scopes}`
}

/** Checks passwords, one at a time, so that many who guess do not take the process's memory; a name that is unknown takes as long. */
export function passwordCheck(
  users: readonly User[]
): (name: string, password: string) => Promise<Person | null> {
  const queue = oneAtATime()
  const nobody = { salt: randomBytes(16), hash: randomBytes(32) }
  return (name, password) =>
    queue(async () => {
      const user = users.find((one) => one.name === name)
      const { salt, hash } = user ?? nobody
      const isRight = timingSafeEqual(await hashOf(password.slice(0, 200), salt), hash)
      return user && isRight ? { name: user.name, role: user.role, systems: user.systems } : null
    })
}
