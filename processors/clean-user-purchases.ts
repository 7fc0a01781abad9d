import { readFileSync } from 'node:fs'
import { Rejection } from '../runtime/pipeline.ts'
import { tables } from '../schemas/tables.ts'
import { cleanTable } from './clean-table.ts'
import { amountUpTo, currencyCode, pastTimestamp, word } from './clean-values.ts'

/** The dearest purchase that is believed, about a million US dollars, by currency; `other` for those not named. */
const limits = JSON.parse(readFileSync(new URL('amount-limits.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, number>
> & { readonly other: number }

/** A million is little in some currencies: the limit is that of the purchase's own. */
export function amountIsBelieved(row: {
  readonly amount: string
  readonly currency: string
}): Rejection | null {
  const most = limits[row.currency] ?? limits.other
  return Number(row.amount) <= most ? null : new Rejection('amount_absurd', 'amount')
}

/** Negative and absurd prices are set aside, and so is what is no currency code. */
export const cleanUserPurchases = cleanTable(tables.userPurchases, {
  columns: {
    purchase_time: pastTimestamp,
    product_type: word,
    amount: amountUpTo(Math.max(...Object.values(limits))),
    currency: currencyCode
  },
  row: amountIsBelieved
})
