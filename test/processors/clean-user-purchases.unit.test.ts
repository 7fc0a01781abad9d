import assert from 'node:assert/strict'
import { test } from 'node:test'
import { amountIsBelieved } from '../../processors/clean-user-purchases.ts'

test('what is believed of an amount is a matter of its currency', () => {
  const reason = (amount: string, currency: string) => amountIsBelieved({ amount, currency })?.reason ?? null
  for (const [amount, currency] of [
    ['1200000', 'XAF'],
    ['2000000', 'VND'],
    ['1500000', 'KRW'],
    ['1000000', 'EUR'],
    ['999999.9999', 'XXX']
  ] as const)
    assert.equal(reason(amount, currency), null, currency)
  for (const [amount, currency] of [
    ['1000000.0001', 'EUR'],
    ['1200000', 'USD'],
    ['99999999999', 'VND'],
    ['1000001', 'XXX']
  ] as const)
    assert.equal(reason(amount, currency), 'amount_absurd', currency)
})
