import type * as Phones from 'libphonenumber-js/max'
import { lazyPackage } from '../../runtime/process/lazily.ts'
import { Rejection } from '../../runtime/pipeline.ts'
import { type Rule, text } from '../clean-values.ts'

const phones = lazyPackage<typeof Phones>('libphonenumber-js/max')

/** Where a phone number without a country is. */
const homeCountry = 'GA'

const refuse = (what: string, { column }: Parameters<Rule>[1]) =>
  new Rejection(`${column.name}_${what}`, column.name)

/** A phone number in E.164, read as one of Gabon unless it names another country. */
export const phone: Rule = (value, context) => {
  if (value.trim() === '') return null
  const number = phones.parsePhoneNumberFromString(value, homeCountry)
  return number?.isValid() && !number.ext ? number.number : refuse('invalid', context)
}

/** A phone number in E.164, or any other way to reach somebody as it is written. */
export const contact: Rule = (value, context) => {
  const looksLikeNumber = /^[\d\s()+./-]{6,}$/.test(value.trim())
  return looksLikeNumber ? phone(value, context) : text(value, context)
}

/** An http(s) address of a host with a dot; `https://` is put before one without a scheme. */
export const webAddress: Rule = (value, context) => {
  const trimmed = value.trim()
  if (trimmed === '') return null
  const address = URL.parse(/^[a-z][a-z0-9+.-]*:/i.test(trimmed) ? trimmed : `https://${trimmed}`)
  const isWeb =
    address &&
    ['http:', 'https:'].includes(address.protocol) &&
    /^[^\s.]+(\.[^\s.]+)+$/.test(address.hostname)
  return isWeb && address.username === '' && address.password === ''
    ? address.href
    : refuse('invalid', context)
}

/** JSON text, as it is; a text that is no JSON is refused. */
export const jsonText: Rule = (value, context) => {
  try {
    JSON.parse(value)
    return value
  } catch {
    return refuse('invalid', context)
  }
}
