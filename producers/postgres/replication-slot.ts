import { createHash } from 'node:crypto'
import { CourantError } from '../../runtime/errors.ts'
import type { Context } from '../../runtime/pipeline.ts'
import type { Connection } from './connection.ts'
import { parseLsn } from './lsn.ts'
import { identityProblems } from './replica-identity.ts'
import { database, slotPrefix } from './settings.ts'
import { quoteName, type SourceTable } from './source-table.ts'

/** A pipeline's place in the log, kept by the server. */
export interface Slot {
  readonly name: string
  /** Up to here the server may have forgotten the log. */
  readonly confirmed: bigint
  /** Whether it was made just now: what happened before is not in it. */
  readonly isNew: boolean
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
 * The table's publication and slot, made where they are missing. A slot that lost its log, or that belongs to a state
 * we no longer have, is made anew. Throws SOURCE_REFUSED with what the server or the table lacks.
 */
export async function openSlot(
  connection: Connection,
  context: Context,
  { table, isStateNew }: { table: SourceTable; isStateNew: boolean }
): Promise<Slot> {
  const name = slotName(context, table)
  await checkServer(connection, name, table)
  await publish(connection, name, table)
  const [found] = await connection.rows(
    'its replication slots',
    'SELECT wal_status, confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = $1',
    [name]
  )
  const isLost = found?.[0] === 'lost'
  if (isLost) context.log.error({ slot: name }, lostAdvice)
  if (found && !isLost && !isStateNew) return { name, confirmed: parseLsn(found[1] ?? ''), isNew: false }
  if (found) await connection.rows('to drop a slot', 'SELECT pg_drop_replication_slot($1)', [name])
  const made = await connection.rows(
    'a replication slot (it waits for the transactions that write now)',
    `SELECT lsn FROM pg_create_logical_replication_slot($1, 'pgoutput')`,
    [name]
  )
  return { name, confirmed: parseLsn(made[0]?.[0] ?? ''), isNew: true }
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

const lostAdvice =
  'the server has dropped log we had not read (max_slot_wal_keep_size): the table is compared with what was ' +
  'published instead, changes in between are not seen one by one'

async function checkServer(connection: Connection, name: string, table: SourceTable): Promise<void> {
  const [row] = await connection.rows(
    'the check of its settings',
    `SELECT current_setting('server_version_num'), current_setting('wal_level')`
  )
  const [version, walLevel] = row ?? []
  const ofIdentity = await identityProblems(connection, table)
  const isBroken = ofIdentity.length > 0 && (await isPublished(connection, name))
  const problems = [
    ...(Number(version) < 150_000
      ? ['PostgreSQL 15 or later is needed: older ones publish all columns']
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

async function isPublished(connection: Connection, name: string): Promise<boolean> {
  const query = 'SELECT FROM pg_publication WHERE pubname = $1'
  return (await connection.rows('its publications', query, [name])).length > 0
}

// Only the allow-list is published, so that no other column leaves the database.
async function publish(connection: Connection, name: string, table: SourceTable): Promise<void> {
  const columns = await connection.rows(
    'its publications',
    'SELECT unnest(attnames) FROM pg_publication_tables WHERE pubname = $1',
    [name]
  )
  const published = columns.map(([column]) => column)
  const isSame =
    published.length === table.columns.length && table.columns.every((c) => published.includes(c))
  if (isSame) return
  const what = `TABLE ${table.name} (${table.columns.map(quoteName).join(', ')})`
  const statement = (await isPublished(connection, name))
    ? `ALTER PUBLICATION ${name} SET ${what}`
    : `CREATE PUBLICATION ${name} FOR ${what} WITH (publish_via_partition_root = true)`
  await connection.write(`to publish the table; its owner may do it: ${statement}`, statement)
}
