import type * as Driver from 'cassandra-driver'
import { lazyPackage } from '../../runtime/process/lazily.ts'

/** The driver, loaded when it is first used. */
export const driver = lazyPackage<typeof Driver>('cassandra-driver')
