import { createRequire } from 'node:module'
import type * as Phones from 'libphonenumber-js'
import { lazily } from '../../../runtime/process/lazily.ts'

const require = createRequire(import.meta.url)

/** How the numbers of each country are written, loaded with the first document. */
export const phoneNumbers = lazily(() => require('libphonenumber-js') as typeof Phones)
