import type { Context } from '../../../runtime/pipeline.ts'
import type { Micros } from '../../../schemas/change.ts'
import type { Connection } from '../connection.ts'

/** The source at one moment. */
export interface Moment {
  /** Its clock. */
  readonly now: Micros
  /** All transactions of this database before this one (32 bits of xid) had ended. */
  readonly oldestWriter: string
  /** Start of the oldest transaction that ended since the moment before; null when none did. */
  readonly endedSince: Micros | null
}

// The clock and the snapshot are those of the statement's start, before the lists of transactions are read: one that
// begins later starts later and writes with a later xid. Prepared transactions are read after active ones, so that
// none is between the two. A standby does not list its primary's transactions; its snapshot knows them, those of
// other databases too. Without pg_read_all_stats a role sees other roles' sessions without their start, kind and
// state: `<insufficient privilege>` in place of the query says so (utils/adt/pgstatfuncs.c).
const query = `
  SELECT (extract(epoch FROM statement_timestamp()) * 1000000)::bigint,
    (SELECT json_agg(json_build_array(pid || '/' || xact_start, (extract(epoch FROM xact_start) * 1000000)::bigint))
     FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
       AND backend_type NOT IN ('autovacuum worker', 'walsender', 'parallel worker'))::text,
    (SELECT xid FROM (
       SELECT backend_xid FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL
       UNION ALL SELECT transaction FROM pg_prepared_xacts WHERE database = current_database()
       UNION ALL SELECT (CASE WHEN pg_is_in_recovery() THEN pg_snapshot_xmin(pg_current_snapshot())
         ELSE pg_snapshot_xmax(pg_current_snapshot()) END::text::bigint & 4294967295)::text::xid) AS writers (xid)
     ORDER BY age(xid) DESC LIMIT 1),
    (SELECT json_agg(json_build_array('prepared ' || gid, (extract(epoch FROM prepared) * 1000000)::bigint))
     FROM pg_prepared_xacts WHERE database = current_database())::text,
    (SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND query = '<insufficient privilege>'),
    pg_is_in_recovery()::text`

type Listed = readonly (readonly [id: string, start: Micros])[]

/**
 * Watches the transactions open in the database, because a row appears when its transaction commits but carries a
 * time from when that began: whoever has read up to a time must look back to the start of each transaction that ended
 * since. Transactions still open cost nothing, however long they stay.
 */
export class OpenTransactions {
  readonly #connection: Connection
  readonly #context: Context
  #open = new Map<string, Micros>()
  #before: Micros | null = null
  #isWarned = false

  constructor(connection: Connection, context: Context) {
    this.#connection = connection
    this.#context = context
  }

  async observe(): Promise<Moment> {
    const [row] = await this.#connection.rows('the list of open transactions', query)
    const [now, active, oldestWriter, prepared, hidden, standby] = row ?? []
    this.#warnOnce(Number(hidden), standby === 'true')
    // A prepared transaction tells when it was prepared, not when it began: one that is new to us has just left the
    // list of active ones, or began after the moment before.
    const open = new Map(JSON.parse(active ?? '[]') as Listed)
    const left = earliest(this.#open, (id) => !isPrepared(id) && !open.has(id))
    for (const [id, preparedAt] of JSON.parse(prepared ?? '[]') as Listed)
      open.set(id, this.#open.get(id) ?? least([left, this.#before, preparedAt]) ?? preparedAt)
    const ended = earliest(this.#open, (id) => !open.has(id))
    this.#open = open
    this.#before = Number(now)
    const age = this.oldest === null ? 0 : (Number(now) - this.oldest) / 1_000_000
    this.#context.metrics.gauge('source_oldest_transaction_seconds', age)
    return { now: Number(now), oldestWriter: oldestWriter ?? '', endedSince: ended }
  }

  /** Start of the oldest transaction that was open at the last moment; null when none was. */
  get oldest(): Micros | null {
    return earliest(this.#open, () => true)
  }

  #warnOnce(hidden: number, isStandby: boolean): void {
    if (this.#isWarned || (hidden === 0 && !isStandby)) return
    this.#isWarned = true
    const reason = isStandby
      ? 'a standby does not show the transactions of its primary'
      : 'the role cannot see other roles’ transactions: GRANT pg_read_all_stats to it'
    this.#context.log.warn(
      { hidden },
      `${reason}; until then rows committed later than the overlap are found by comparison only`
    )
  }
}

const isPrepared = (id: string): boolean => id.startsWith('prepared ')

function earliest(open: ReadonlyMap<string, Micros>, isMeant: (id: string) => boolean): Micros | null {
  return least([...open].filter(([id]) => isMeant(id)).map(([, start]) => start))
}

function least(times: readonly (Micros | null)[]): Micros | null {
  return times.reduce((a, b) => (a === null || (b !== null && b < a) ? b : a), null)
}
