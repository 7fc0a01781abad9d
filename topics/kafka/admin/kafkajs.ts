import { createRequire } from 'node:module'
import type * as Kafkajs from 'kafkajs'
import { lazily } from '../../../runtime/process/lazily.ts'
import { calmQueues } from './kafkajs-cluster.ts'

const require = createRequire(import.meta.url)

/** The public part of kafkajs, loaded when it is first used. */
export const kafkajs = lazily(() => {
  calmQueues()
  return require('kafkajs') as typeof Kafkajs
})
