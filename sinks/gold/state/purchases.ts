import { tables } from '../../../schemas/tables.ts'
import { dayOf } from '../time.ts'
import { type KeptTable, ifNewer, keptColumns, keptValues, rowOf } from './kept-table.ts'

/** Purchases by user and time; amounts are kept as exact text. */
export const purchases: KeptTable = {
  table: tables.userPurchases,
  name: 'purchases',
  timeColumn: 'purchase_time',
  ddl: `
    CREATE TABLE IF NOT EXISTS purchases (
      user_id BLOB NOT NULL, purchase_time INTEGER NOT NULL, purchase_id BLOB NOT NULL, amount TEXT, currency TEXT,
      ${keptColumns},
      PRIMARY KEY (user_id, purchase_time, purchase_id)
    ) WITHOUT ROWID;`,
  open(database, touch) {
    const keep = database.prepare(
      `INSERT INTO purchases VALUES (unhex(?, '-'), ?, unhex(?, '-'), ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET amount = excluded.amount, currency = excluded.currency, ${ifNewer}`
    )
    return (items) => {
      for (const item of items) {
        const column = rowOf(item)
        const names = ['user_id', 'purchase_time', 'purchase_id', 'amount', 'currency']
        keep.run(...names.map(column), ...keptValues(item))
        touch.activity(String(column('user_id')), dayOf(Number(column('purchase_time'))))
      }
    }
  }
}
