import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { CourantError } from '../runtime/errors.ts'

/** What stands for no file: there is none, or a folder of that name, such as Python's. */
const none = ['ENOENT', 'EISDIR']

/** Takes from `.env` of a folder what the environment does not say, were it by a file of its own (`<NAME>_FILE`). */
export function useDotEnv(folder: string, env: NodeJS.ProcessEnv): void {
  const file = join(folder, '.env')
  try {
    for (const [name, value] of Object.entries(parseEnv(readFileSync(file, 'utf8'))))
      if (env[name] === undefined && env[`${name}_FILE`] === undefined) env[name] = value
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException
    if (none.includes(code)) return
    throw new CourantError(
      'CONFIG_INVALID',
      `${file} cannot be read (${code}): mend its rights, or move it`,
      {
        cause
      }
    )
  }
}
