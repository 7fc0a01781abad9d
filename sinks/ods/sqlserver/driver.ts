import type Mssql from 'mssql'
import { lazyPackage } from '../../../runtime/process/lazily.ts'

/** The driver, loaded when it is first used. */
export const driver = lazyPackage<typeof Mssql>('mssql')
