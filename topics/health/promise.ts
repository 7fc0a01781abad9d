import type { Setting, Settings } from '../../runtime/settings.ts'

/** How far behind a pipeline may be, by its name. */
export type Promises = (pipeline: string) => number

const entry = /^(?:([\w.*-]+)=)?(\d+(?:\.\d+)?)$/

export const lagPromise: Setting = {
  env: 'COURANT_LAG_PROMISE',
  describe:
    'Seconds that a pipeline may be behind before it counts as late on the page, in `courant lag` and in alerts; others by name or pattern after it, such as 300,gold=60,silver.*=900',
  default: '300',
  check: (text) =>
    text.split(',').every((part) => entry.test(part.trim()))
      ? null
      : 'must be seconds, and pipelines with theirs after it, such as 300,gold=60,silver.*=900'
}

const standardSeconds = 300

/** What the setting promises: of several that match a pipeline, the last counts. */
export function promisesOf(settings: Settings): Promises {
  const all = settings
    .text(lagPromise)
    .split(',')
    .map((part) => entry.exec(part.trim()))
    .map((found) => ({
      pattern: patternOf(found?.[1] ?? '*'),
      seconds: Number(found?.[2] ?? standardSeconds)
    }))
  return (pipeline) => all.findLast(({ pattern }) => pattern.test(pipeline))?.seconds ?? standardSeconds
}

const patternOf = (text: string) =>
  new RegExp(`^${text.replaceAll(/[.-]/g, String.raw`\$&`).replaceAll('*', '.*')}$`)
