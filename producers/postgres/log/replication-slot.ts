import { createHash } from 'node:crypto'
import { CourantError } from '../../../runtime/errors.ts'
import type { Context } from '../../../runtime/pipeline.ts'
import type { Connection } from '../connection.ts'
import { parseLsn } from './lsn.ts'
import { isPublished, publish } from './publication.ts'
import { identityProblems } from './replica-identity.ts'
import { database, slotPrefix } from '../settings.ts'
import type { SourceTable } from '../table/source-table.ts'

/** A pipeline's place in the log, kept by the server. */
export interface Slot {
  readonly name: string
  /** Up to here the server may have forgotten the log. */
  readonly confirmed: bigint
  /** Whether it was made just now: what happened before is not in it. */
  readonly isNew: boolean
  /** The publication's list of columns (publication.ts). */
  readonly publication: string
}

interface SlotRequest {
  readonly table: SourceTable
  readonly isStateNew: boolean
  /** The list under which the log was read so far, where that is known. */
  readonly publication: string | undefined
}

/** The slot's and publication's name: slots are the cluster's, so the database is in it. */
function slotName({ settings }: Pick<Context, 'settings'>, table: SourceTable): string {
  const text = `${settings.text(database)}.${table.name}`
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .slice(0, 32)
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8)
  return `${settings.text(slotPrefix)}_${plain}_${digest}`
}

/**
 * The table's publication and slot, made where they are missing. A slot that lost its log, that belongs to a state
 * we no longer have, or whose log was written under another publication is made anew. Throws SOURCE_REFUSED with what
 * the server or the table lacks.
 */
export async function openSlot(
  connection: Connection,
  context: Context,
  { table, isStateNew, publication: readUnder }: SlotRequest
): Promise<Slot> {
  const name = slotName(context, table)
  await checkLog(connection, context, table)
  const { list: publication, wasSame } = await publish(connection, name, table)
  const isOther = readUnder === undefined ? !wasSame : readUnder !== publication
  const [found] = await connection.rows(
    'its replication slots',
    'SELECT wal_status, confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = $1',
    [name]
  )
  if (found && !isStateNew) {
    const isLost = found[0] === 'lost'
    if (!isLost && !isOther) return { name, confirmed: parseLsn(found[1] ?? ''), isNew: false, publication }
    context.log[isLost ? 'error' : 'warn']({ slot: name }, `${isLost ? lostLog : otherLog}: ${insteadAdvice}`)
  }
  if (found) await connection.rows('to drop a slot', 'SELECT pg_drop_replication_slot($1)', [name])
  const made = await connection.rows(
    'a replication slot (it waits for the transactions that write now)',
    `SELECT lsn FROM pg_create_logical_replication_slot($1, 'pgoutput')`,
    [name]
  )
  return { name, confirmed: parseLsn(made[0]?.[0] ?? ''), isNew: true, publication }
}

/**
 * Warns of what the mode `log` left behind: the server keeps its log for nobody until the disc is full, and fails updates
 * once the table's replica identity is no longer what the publication lists.
 */
export async function warnOfLeftovers(
  connection: Connection,
  context: Context,
  table: SourceTable
): Promise<void> {
  const name = slotName(context, table)
  const query = 'SELECT FROM pg_replication_slots WHERE slot_name = $1'
  const [slot] = await connection.rows('its replication slots', query, [name])
  if (slot)
    context.log.warn(
      { slot: name },
      `the server keeps its log for a slot that polling does not read: SELECT pg_drop_replication_slot('${name}')`
    )
  if (await isPublished(connection, name))
    context.log.warn(
      { publication: name },
      `a publication that polling does not read can make updates of the table fail: DROP PUBLICATION ${name}`
    )
}

const logQuery = `
  SELECT current_setting('server_version_num'), current_setting('wal_level'), relpersistence,
    (SELECT string_agg(attname, ', ') FROM pg_attribute
     WHERE attrelid = pg_class.oid AND attname = ANY ($2::name[]) AND attgenerated <> '')
  FROM pg_class WHERE oid = to_regclass($1)`

const lostLog = 'the server has dropped log we had not read (max_slot_wal_keep_size)'
const otherLog = 'the log was written with other columns than the .avsc file has now, or with none'
const insteadAdvice =
  'the table is compared with what was published instead, changes in between are not seen one by one'

/** Throws SOURCE_REFUSED with all that keeps a table's log from being read; changes nothing. */
export async function checkLog(connection: Connection, context: Context, table: SourceTable): Promise<void> {
  const name = slotName(context, table)
  const [row] = await connection.rows('the check of its settings', logQuery, [table.name, table.columns])
  const [version, walLevel, persistence, generated] = row ?? []
  const ofIdentity = await identityProblems(connection, table)
  const isBroken = ofIdentity.length > 0 && (await isPublished(connection, name))
  const problems = [
    ...(Number(version) < 150_000
      ? ['PostgreSQL 15 or later is needed: older ones publish all columns']
      : []),
    ...(persistence === 'u' ? ['it is unlogged, so the log has nothing of it: poll the table'] : []),
    ...(generated && Number(version) < 180_000
      ? [`the log has nothing of its generated columns ${generated}: leave them out, or poll the table`]
      : []),
    ...(walLevel === 'logical' ? [] : [`wal_level is ${walLevel}: set it to logical and restart the server`]),
    ...ofIdentity,
    ...(isBroken ? [`it is published, so its updates may fail right now: DROP PUBLICATION ${name}`] : [])
  ]
  if (problems.length > 0)
    throw new CourantError(
      'SOURCE_REFUSED',
      `COURANT_POSTGRES_MODE=log cannot start:\n  ${problems.join('\n  ')}`
    )
}
