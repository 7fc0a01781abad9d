import type * as Phones from 'libphonenumber-js'
import { lazyPackage } from '../../../runtime/process/lazily.ts'

/** How the numbers of each country are written, loaded with the first document. */
export const phoneNumbers = lazyPackage<typeof Phones>('libphonenumber-js')
