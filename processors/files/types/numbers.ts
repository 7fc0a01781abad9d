/** The sign before the decimals. */
export type DecimalMark = ',' | '.'

/** What a number looks like, beside what it says. */
export interface NumberReading {
  /** Digits with a point before the decimals and without anything else: exact, however long. */
  readonly value: string
  readonly isInteger: boolean
  /** The mark it has, or null where it has no decimals. */
  readonly mark: DecimalMark | null
  /** What parts its thousands, or null. */
  readonly thousands: string | null
  readonly isPercent: boolean
  readonly isMoney: boolean
}

const blanks = '[ \\u00a0\\u2009\\u202f]'
const money = /(?:€|EUR|euros?|k€|K€|M€)$|^€/i
const shapes = {
  plain: /^\d+$/,
  spaced: new RegExp(`^\\d{1,3}((?:${blanks}|'|’)\\d{3})+(?:([.,])(\\d+))?$`),
  pointed: /^\d{1,3}(?:\.\d{3})+(?:,(\d+))?$/,
  commaed: /^\d{1,3}(?:,\d{3})+(?:\.(\d+))?$/,
  decimal: /^(\d*)([.,])(\d*)$/,
  exponent: /^(\d+)(?:([.,])(\d+))?[eE]([+-]?\d{1,3})$/
} as const

const couldBeNumber = /^[\s(+\-−–€]*[\d.,]/

/** Reads a number as French and other publishers write it; `mark` decides where one sign could be either. */
export function readNumber(text: string, mark: DecimalMark): NumberReading | null {
  if (!couldBeNumber.test(text)) return null
  const { body, isNegative, isPercent, isMoney } = undressed(text)
  const read = magnitude(body, mark)
  if (read === null) return null
  const value = isNegative && /[1-9]/.test(read.value) ? `-${read.value}` : read.value
  return { ...read, value, isInteger: !read.value.includes('.'), isPercent, isMoney }
}

function undressed(text: string): {
  body: string
  isNegative: boolean
  isPercent: boolean
  isMoney: boolean
} {
  let body = text.trim()
  const isPercent = body.endsWith('%')
  if (isPercent) body = body.slice(0, -1).trim()
  const isMoney = money.test(body)
  if (isMoney) body = body.replace(money, '').trim()
  const isBracketed = body.startsWith('(') && body.endsWith(')')
  if (isBracketed) body = body.slice(1, -1).trim()
  const isSigned = /^[-−–]/.test(body)
  if (isSigned || body.startsWith('+')) body = body.slice(1).trim()
  return { body, isNegative: isSigned !== isBracketed, isPercent, isMoney }
}

type Magnitude = Pick<NumberReading, 'value' | 'mark' | 'thousands'>

function magnitude(body: string, mark: DecimalMark): Magnitude | null {
  if (shapes.plain.test(body)) return { value: stripped(body), mark: null, thousands: null }
  const spaced = shapes.spaced.exec(body)
  if (spaced) return spacedNumber(body, spaced)
  const grouped = groupedNumber(body, mark)
  if (grouped) return grouped
  const decimal = shapes.decimal.exec(body)
  if (decimal && (decimal[1] || decimal[3]))
    return {
      value: joined(decimal[1] ?? '', decimal[3] ?? ''),
      mark: decimal[2] as DecimalMark,
      thousands: null
    }
  const exponent = shapes.exponent.exec(body)
  return exponent ? exponentNumber(exponent) : null
}

function spacedNumber(body: string, [, group, mark, decimals]: RegExpExecArray): Magnitude {
  const whole = (mark === undefined ? body : body.slice(0, body.lastIndexOf(mark))).replaceAll(/\D/g, '')
  return {
    value: joined(whole, decimals ?? ''),
    mark: (mark as DecimalMark | undefined) ?? null,
    thousands: group?.[0] ?? ' '
  }
}

/** Thousands parted by the sign that is not the decimal mark; `1.234.567` is so whatever the mark. */
function groupedNumber(body: string, mark: DecimalMark): Magnitude | null {
  for (const [shape, separator, other] of [
    [shapes.pointed, '.', ','],
    [shapes.commaed, ',', '.']
  ] as const) {
    const found = shape.exec(body)
    if (!found) continue
    const isClear = found[1] !== undefined || body.split(separator).length > 2
    if (!isClear && mark === separator) continue
    const whole = (found[1] === undefined ? body : body.slice(0, body.lastIndexOf(other))).replaceAll(
      /\D/g,
      ''
    )
    return {
      value: joined(whole, found[1] ?? ''),
      mark: found[1] === undefined ? null : other,
      thousands: separator
    }
  }
  return null
}

function exponentNumber([, whole = '', mark, decimals = '', power = '0']: RegExpExecArray): Magnitude {
  const digits = whole + decimals
  const point = whole.length + Number(power)
  const value =
    point <= 0
      ? joined('0', '0'.repeat(-point) + digits)
      : joined(digits.slice(0, point).padEnd(point, '0'), digits.slice(point))
  return { value, mark: (mark as DecimalMark | undefined) ?? null, thousands: null }
}

const stripped = (digits: string) =>
  digits.length > 1 && digits.startsWith('0') ? digits.replace(/^0+(?=\d)/, '') : digits

const joined = (whole: string, decimals: string) =>
  decimals === '' ? stripped(whole || '0') : `${stripped(whole || '0')}.${decimals}`
