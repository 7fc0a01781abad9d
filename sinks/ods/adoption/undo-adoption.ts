import { CourantError } from '../../../runtime/errors.ts'
import { courantTables, databaseObjects, type ObjectKind, objectKey } from '../database-objects.ts'
import { migrationState } from '../migrate.ts'
import type { OdsDatabase, OdsSession } from '../ods-database.ts'
import { markTable } from '../own-objects.ts'
import { moveAll } from './adopt.ts'
import { type Move, movesAside } from './plan-adoption.ts'

/** What going back would move: first Courant's own aside, then the older objects to where they were. */
export interface Undoing {
  readonly aside: readonly Move[]
  readonly back: readonly Move[]
}

/** Says what going back would do; changes nothing. CONFIG_INVALID when nothing was taken over. */
export async function planUndoing(session: OdsSession): Promise<Undoing> {
  const objects = await databaseObjects(session)
  if (!objects.some((object) => objectKey(object) === 'etl.adopted')) throw nothingAdopted()
  const back = await adoptedMoves(session)
  if (back.length === 0) throw nothingAdopted()
  const own = new Set(await ownNames(session))
  const ours = objects.filter((object) => own.has(objectKey(object)))
  const aside = await movesAside(session, ours, 'courant')
  const staying = objects.filter((object) => !own.has(objectKey(object)))
  const places = new Set(staying.map(objectKey))
  const taken = back.filter(({ to }) => places.has(objectKey(to)))
  if (taken.length > 0)
    throw new CourantError(
      'CONFIG_INVALID',
      `There is ${taken.map(({ to }) => `${to.schema}.${to.name}`).join(', ')} now, where an older object was, and Courant did not make it: move it away first; nothing was changed`
    )
  return { aside, back }
}

/**
 * Puts the older objects back in one transaction. Nothing is dropped: what Courant made, with its log and all rows that
 * were loaded, lies aside under another name.
 */
export function undoAdoption(database: OdsDatabase): Promise<Undoing> {
  return database.transaction('undo the adoption', async (session) => {
    await session.query('lock the configuration', session.dialect.lock('adoption'))
    const plan = await planUndoing(session)
    await moveAll(session, plan.aside)
    await moveAll(session, plan.back)
    return plan
  })
}

const nothingAdopted = () =>
  new CourantError(
    'CONFIG_INVALID',
    'Nothing was taken over in this database by `courant etl adopt`: there is no way back to go'
  )

async function adoptedMoves(session: OdsSession): Promise<Move[]> {
  const rows = await session.query('read what was adopted', {
    text: 'SELECT Kind AS kind, FromSchema AS fromschema, FromName AS fromname, ToSchema AS toschema, ToName AS toname FROM etl.Adopted ORDER BY Number DESC'
  })
  return rows.map((row) => ({
    object: {
      schema: String(row['toschema']),
      name: String(row['toname']),
      kind: String(row['kind']) as ObjectKind
    },
    to: { schema: String(row['fromschema']), name: String(row['fromname']) }
  }))
}

/** What Courant made, as `objectKey` writes it. */
async function ownNames(session: OdsSession): Promise<string[]> {
  const { done } = await migrationState(session)
  const made = ['etl.Migrations', markTable, ...done.flatMap(({ makes }) => makes)]
  return [...made.map((name) => name.toLowerCase()), ...(await courantTables(session))]
}
