import { createRequire } from 'node:module'
import type * as Driver from 'cassandra-driver'
import { lazily } from '../../runtime/process/lazily.ts'

const require = createRequire(import.meta.url)

/** The driver, loaded when it is first used. */
export const driver = lazily(() => require('cassandra-driver') as typeof Driver)
