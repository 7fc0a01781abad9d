import { createRequire } from 'node:module'
import type Mssql from 'mssql'
import { lazily } from '../../../runtime/process/lazily.ts'

const require = createRequire(import.meta.url)

/** The driver, loaded when it is first used. */
export const driver = lazily(() => require('mssql') as typeof Mssql)
