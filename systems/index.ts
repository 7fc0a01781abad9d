import { activity } from './activity/activity.ts'
import { applications } from './applications/applications.ts'
import { cv } from './cv/cv.ts'
import { erp } from './erp/erp.ts'
import { files } from './files/files.ts'
import { gold } from './gold/gold.ts'
import type { System } from './system.ts'

/** Every system. A new one is its folder and a line here; one of tables alone is there by its tables. */
export const systems: readonly System[] = [activity, gold, applications, erp, cv, files]
