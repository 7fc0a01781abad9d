import type { Maker } from './flaws.ts'
import type { Notification } from './rows.ts'
import type { SampleRow } from './source-tables.ts'
import type { SampleTargets } from './targets.ts'

interface Session {
  readonly userId: string
  readonly sessionId: string
}

interface Message {
  readonly groupId: string
  readonly at: Date
  readonly id: string
}

/** What the application's users are in the middle of; bounded, so that it can go on for days. */
export interface World {
  readonly maker: Maker
  readonly users: string[]
  readonly groups: string[]
  readonly members: { readonly groupId: string; readonly userId: string }[]
  readonly sessions: Session[]
  readonly unread: Notification[]
  readonly messages: Message[]
}

/** An update or delete of one row. */
export interface Statement {
  readonly database: 'postgres' | 'cassandra'
  /** With `?` for values in CQL, `$1` in SQL, and the table name in double quotes. */
  readonly text: (qualified: (table: string) => string) => string
  readonly values: readonly (string | Date | null)[]
}

/** What one thing that happens writes. */
export interface Writes {
  readonly rows?: readonly SampleRow[]
  readonly statements?: readonly Statement[]
}

const KEPT = 2000

/** Starts from the users, groups and memberships that are there. */
export async function worldOf({ pg }: SampleTargets, maker: Maker): Promise<World> {
  const read = async (text: string) => (await pg?.query(`${text} LIMIT ${KEPT}`))?.rows ?? []
  const users = await read('SELECT id FROM "PG_Users" ORDER BY id')
  const groups = await read('SELECT id FROM "PG_Groups" ORDER BY id')
  const members = await read(
    'SELECT groups_id, users_id FROM "PG_GroupsUsersUser" ORDER BY groups_id, users_id'
  )
  return {
    maker,
    users: users.length > 0 ? users.map(({ id }) => String(id)) : inventIds(maker, 20),
    groups: groups.length > 0 ? groups.map(({ id }) => String(id)) : inventIds(maker, 3),
    members: members.map((row) => ({ groupId: String(row['groups_id']), userId: String(row['users_id']) })),
    sessions: [],
    unread: [],
    messages: []
  }
}

function inventIds({ random }: Maker, count: number): string[] {
  return Array.from({ length: count }, () => random.uuid())
}

/** Remembers a thing, forgetting the oldest when there are many. */
export function remember<T>(list: T[], thing: T): void {
  list.push(thing)
  if (list.length > KEPT) list.shift()
}

/** Takes any one thing out of the list; undefined when it is empty. */
export function takeAny<T>({ maker }: World, list: T[]): T | undefined {
  if (list.length === 0) return undefined
  return list.splice(maker.random.int(list.length), 1)[0]
}
