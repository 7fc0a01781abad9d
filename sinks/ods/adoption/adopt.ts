import { instantText } from '../instant-text.ts'
import { insertRows } from '../insert-rows.ts'
import { applyMigration, prepareMigrations } from '../migrate.ts'
import type { OdsDatabase, OdsSession } from '../ods-database.ts'
import type { SqlValue } from '../statement.ts'
import { type Adoption, type Move, planAdoption } from './plan-adoption.ts'

/**
 * Takes a database over in one transaction: what is in the way makes room, Courant's own is made beside it, and the rows
 * of the old configuration are brought over. etl.Adopted has what was moved, for the way back.
 */
export function adopt(database: OdsDatabase): Promise<Adoption> {
  return database.transaction('take the database over', async (session) => {
    await session.query('lock the configuration', session.dialect.lock('adoption'))
    // Looked at again: somebody may have changed something since it was shown.
    const plan = await planAdoption(session)
    await moveAll(session, plan.moves)
    await prepareMigrations(session, plan.state)
    for (const migration of plan.migrations) await applyMigration(session, migration)
    await noteMoves(session, plan.moves)
    await insertRows(session, 'config.ETL_Tables', valuesOf(plan.tables))
    await insertRows(session, 'config.ETL_Columns', valuesOf(plan.columns))
    return plan
  })
}

const valuesOf = (rows: Adoption['tables']) => rows.map(({ values }) => values)

/** Gives objects their other places. */
export async function moveAll(session: OdsSession, moves: readonly Move[]): Promise<void> {
  for (const { object, to } of moves)
    for (const statement of session.dialect.moveObject(object, to))
      await session.query(`move ${object.schema}.${object.name}`, statement)
}

async function noteMoves(session: OdsSession, moves: readonly Move[]): Promise<void> {
  const [known] = await session.query('read what was adopted', {
    text: 'SELECT COUNT(*) AS adopted FROM etl.Adopted'
  })
  const from = Number(known?.['adopted'] ?? 0)
  const rows = moves.map(
    ({ object, to }, n): Readonly<Record<string, SqlValue>> => ({
      Number: from + n + 1,
      Kind: object.kind,
      FromSchema: object.schema,
      FromName: object.name,
      ToSchema: to.schema,
      ToName: to.name,
      AdoptedAt: instantText(Date.now() * 1000)
    })
  )
  await insertRows(session, 'etl.Adopted', rows)
}
