import { tables } from '../schemas/tables.ts'
import { cleanTable } from './clean-table.ts'
import { amountUpTo, currencyCode, pastTimestamp, word } from './clean-values.ts'

/** The dearest purchase that is believed, in the purchase's own currency. */
const maxAmount = 1_000_000

/** Negative and absurd prices are set aside, and so is what is no currency code. */
export const cleanUserPurchases = cleanTable(tables.userPurchases, {
  columns: {
    purchase_time: pastTimestamp,
    product_type: word,
    amount: amountUpTo(maxAmount),
    currency: currencyCode
  }
})
