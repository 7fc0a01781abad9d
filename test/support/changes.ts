import type { Item, Position } from '../../runtime/pipeline.ts'
import { type Change, changeId, type Op, type RawChange } from '../../schemas/change.ts'
import type { User } from '../../schemas/types/activity.ts'

/** An invented user; the number makes id and name. */
export function sampleUser(n: number, changes: Partial<User> = {}): User {
  return {
    id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
    first_name: `Ada ${n}`,
    last_name: null,
    email: `ada${n}@example.com`,
    created_at: 1_763_800_000_000_000 + n,
    updated_at: null,
    ...changes
  }
}

/** A change of a sample user, as an item a producer would write. */
export function userChange(
  n: number,
  { op = 'c', version = 1 }: { op?: Op; version?: number } = {}
): Item<Change<User>> {
  const user = sampleUser(n)
  const source = {
    version: '0.1.0',
    connector: 'postgres',
    name: 'test',
    db: 'test',
    table: 'PG_Users',
    snapshot: 'false',
    ts_ms: 1_763_800_000_000,
    ts_us: 1_763_800_000_000_000 + version,
    row_version: version,
    row_hash: n
  }
  const isDelete = op === 'd'
  return {
    id: changeId(user.id, source),
    key: user.id,
    at: new Date(source.ts_us / 1000),
    position: String(n) as Position,
    value: {
      before: isDelete ? { id: user.id } : null,
      after: isDelete ? null : user,
      source,
      op,
      ts_ms: source.ts_ms,
      withdrawn: null
    }
  }
}

/** A group as a poller publishes it, as text; the number makes its id. */
export function groupChange(n: number): Item<RawChange> {
  const id = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
  const at = 1_763_800_000_000_000 + n
  const text = new Date(at / 1000).toISOString()
  const source = {
    version: '0.1.0',
    connector: 'postgres',
    name: 'test',
    db: 'test',
    table: 'PG_Groups',
    snapshot: 'false',
    ts_ms: Math.floor(at / 1000),
    ts_us: at,
    row_version: at,
    row_hash: n
  }
  const after = { id, name: `Group ${n}`, description: null, created_at: text, updated_at: text }
  return {
    id: changeId(id, source),
    key: id,
    at: new Date(at / 1000),
    position: String(n) as Position,
    value: { before: null, after, source, op: 'c', ts_ms: source.ts_ms }
  }
}
