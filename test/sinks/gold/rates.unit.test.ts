import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { loadRates, parseRates } from '../../../sinks/gold/rates.ts'
import { settingsFrom } from '../../../runtime/settings.ts'

const day = (date: string) => Date.parse(date) * 1000

describe('rates', () => {
  it('hold from their day to the next of their currency, whatever the order of the lines', () => {
    const rates = parseRates(
      'currency,rate,valid_from\nUSD,0.8,2025-07-01\r\nEUR,1\n\nUSD,0.9,2025-01-01\n',
      'EUR'
    )
    assert.deepEqual(rates, [
      { currency: 'EUR', rate: '1', validFrom: 0, validTo: day('2100-01-01') },
      { currency: 'USD', rate: '0.9', validFrom: day('2025-01-01'), validTo: day('2025-07-01') },
      { currency: 'USD', rate: '0.8', validFrom: day('2025-07-01'), validTo: day('2100-01-01') }
    ])
  })

  it('are refused with the number of the wrong line', () => {
    for (const line of ['USD,0', 'USD,-1', 'usd,1', 'USD,1,2025-02-30', 'USD,0.123456789', 'USD', "U'D,1"])
      assert.throws(() => parseRates(`currency,rate\nEUR,1\n${line}`, 'EUR'), { message: /^Line 3 / }, line)
  })

  it('all count in a file without a header, and a byte order mark is no part of one', () => {
    const rates = [
      { currency: 'EUR', rate: '1', validFrom: 0, validTo: day('2100-01-01') },
      { currency: 'USD', rate: '0.9', validFrom: 0, validTo: day('2100-01-01') }
    ]
    for (const header of ['', 'currency,rate\n', '\uFEFFCurrency,Rate\n'])
      assert.deepEqual(parseRates(`${header}USD,0.9\nEUR,1`, 'EUR'), rates, header)
  })

  it('are refused when two lines say what a currency is worth from the same day', () => {
    assert.throws(() => parseRates('currency,rate\nUSD,0.9\nEUR,1\nUSD,0.8', 'EUR'), {
      code: 'CONFIG_INVALID',
      message: /^Lines 2 and 4 .* USD/
    })
  })

  it('are refused when they are written for another currency', () => {
    assert.throws(() => parseRates('currency,rate\nEUR,1', 'USD'), { code: 'CONFIG_INVALID', message: /USD/ })
  })

  it('come with Courant for euros, and a missing file is said by the setting that names it', () => {
    assert.ok(loadRates(settingsFrom({})).length > 1)
    const settings = settingsFrom({ COURANT_GOLD_RATES: '/nowhere.csv' })
    assert.throws(() => loadRates(settings), { code: 'CONFIG_INVALID', message: /COURANT_GOLD_RATES/ })
  })
})
