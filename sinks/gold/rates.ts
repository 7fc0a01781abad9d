import { readFileSync } from 'node:fs'
import { CourantError } from '../../runtime/errors.ts'
import type { Settings } from '../../runtime/settings.ts'
import type { Micros } from '../../schemas/change.ts'
import { goldSettings } from './settings.ts'
import { dayMicros, parseDay } from './time.ts'

/** What one unit of a currency is worth in the Gold currency within [validFrom, validTo). */
export interface Rate {
  readonly currency: string
  /** A decimal text with up to eight digits after the point. */
  readonly rate: string
  readonly validFrom: Micros
  readonly validTo: Micros
}

/** The end of a rate that no later one follows: the first instant that no clean row can have. */
const forever = Date.UTC(2100, 0, 1) * 1000

/** Reads the rates file; CONFIG_INVALID names the line that is wrong, or says that it is written for another currency. */
export function loadRates(settings: Settings): readonly Rate[] {
  const file = settings.text(goldSettings.rates)
  try {
    return parseRates(readFileSync(file, 'utf8'), settings.text(goldSettings.currency))
  } catch (error) {
    if (error instanceof CourantError) throw error
    throw new CourantError(
      'CONFIG_INVALID',
      `The rates file cannot be read; set ${goldSettings.rates.env} to a CSV file currency,rate[,valid_from]`,
      { cause: error }
    )
  }
}

/** Rates of a CSV text; a rate without valid_from holds from 1970, each until the next of its currency. */
export function parseRates(csv: string, goldCurrency: string): readonly Rate[] {
  // trim() takes a byte order mark away, too.
  const lines = csv.split(/\r?\n/).map((text, index) => ({ text: text.trim(), number: index + 1 }))
  const isHeader = ({ text, number }: Line) => number === 1 && /^currency\b/i.test(text)
  const given = lines.filter((line) => line.text !== '' && !isHeader(line)).map(parseLine)
  refuseRepeats(given)
  given.sort((a, b) =>
    a.currency === b.currency ? a.validFrom - b.validFrom : a.currency < b.currency ? -1 : 1
  )
  const rates = given.map(({ currency, rate, validFrom }, index): Rate => {
    const next = given[index + 1]
    return { currency, rate, validFrom, validTo: next?.currency === currency ? next.validFrom : forever }
  })
  if (!rates.some(({ currency, rate }) => currency === goldCurrency && Number(rate) === 1))
    throw new CourantError(
      'CONFIG_INVALID',
      `The rates file is not written for ${goldCurrency}: it needs a line "${goldCurrency},1", and every other rate is what one unit is worth in ${goldCurrency}`
    )
  return rates
}

interface Line {
  readonly text: string
  readonly number: number
}

type GivenRate = Omit<Rate, 'validTo'> & Pick<Line, 'number'>

/** Of two rates from one day, only one would count, and nothing says which was meant. */
function refuseRepeats(given: readonly GivenRate[]): void {
  const known = new Map<string, number>()
  for (const { currency, validFrom, number } of given) {
    const place = `${currency}/${validFrom}`
    const earlier = known.get(place)
    if (earlier !== undefined)
      throw new CourantError(
        'CONFIG_INVALID',
        `Lines ${earlier} and ${number} of the rates file are both the rate of ${currency} from the same day; remove one, or give the later one its valid_from`
      )
    known.set(place, number)
  }
}

function parseLine({ text, number }: Line): GivenRate {
  const [currency = '', rate = '', from = ''] = text.split(',').map((cell) => cell.trim())
  const day = from === '' ? 0 : parseDay(from)
  const isRate = /^\d{1,10}(\.\d{1,8})?$/.test(rate) && Number(rate) > 0
  if (/^[A-Z]{3}$/.test(currency) && isRate && day !== null)
    return { number, currency, rate, validFrom: day * dayMicros }
  throw new CourantError(
    'CONFIG_INVALID',
    `Line ${number} of the rates file must be currency,rate[,valid_from], such as USD,0.92,2025-01-01 (at most eight digits after the point)`
  )
}
