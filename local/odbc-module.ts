import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CourantError } from '../runtime/errors.ts'
import { hasOdbcModule } from './prerequisites.ts'
import type { Report } from './server.ts'
import { runTied } from './tied-process.ts'

const root = join(import.meta.dirname, '..')

/**
 * Builds the optional module odbc, which npm leaves out where the machine could not build it. Throws
 * PREREQUISITE_MISSING where it still cannot.
 */
export async function buildOdbc(report: Report): Promise<void> {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>
  }
  report('building the module odbc')
  const version = `odbc@${optionalDependencies['odbc']}`
  // A production install stays one.
  const omit = existsSync(join(root, 'node_modules/typescript')) ? [] : ['--omit=dev']
  const flags = ['--no-save', '--no-audit', '--no-fund', ...omit]
  await runTied('npm', ['install', ...flags, version], { cwd: root })
  if (!hasOdbcModule())
    throw new CourantError(
      'PREREQUISITE_MISSING',
      `The module odbc could not be built; \`npm install --no-save --foreground-scripts ${version}\` shows why`
    )
}
