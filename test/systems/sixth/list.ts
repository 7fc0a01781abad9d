import { systems } from '../../../systems/index.ts'
import type { System } from '../../../systems/system.ts'
import { weather } from './weather.ts'

// The one line that a new system has in systems/index.ts.
;(systems as System[]).push(weather)
