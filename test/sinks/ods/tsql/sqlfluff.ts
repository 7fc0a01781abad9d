import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDirFrom } from '../../../../local/folders.ts'
import { installOnce } from '../../../../local/install.ts'
import { runTied } from '../../../../local/tied-process.ts'

const version = '4.5.0'

/** Why sqlfluff cannot run here, or null when it can. */
export function whyNoSqlfluff(): string | null {
  try {
    execFileSync('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))'], {
      stdio: 'ignore'
    })
    return null
  } catch {
    return 'Python 3.9 or newer with venv is missing'
  }
}

/** Installs sqlfluff into the cache, once; gives the path of its program. */
export async function installSqlfluff(report: (line: string) => void): Promise<string> {
  const folder = join(cacheDirFrom(process.env), `sqlfluff-${version}`)
  const python = join(folder, 'bin/python')
  if (existsSync(folder)) return python
  report(`sqlfluff ${version}: downloading (once)`)
  await installOnce(folder, async (unfinished) => {
    await runTied('python3', ['-m', 'venv', unfinished], {})
    const pip = ['-m', 'pip', '--disable-pip-version-check', 'install', '--quiet', `sqlfluff==${version}`]
    await runTied(join(unfinished, 'bin/python'), pip, {})
  })
  return python
}

/** What does not parse as T-SQL, as `<line>: <text>`; empty when all of it does. */
export function unparsableTsql(python: string, script: string): string[] {
  const program = [
    'import sys',
    'from sqlfluff.core import Linter',
    'tree = Linter(dialect="tsql").parse_string(sys.stdin.read()).root_variant().tree',
    'for part in tree.recursive_crawl("unparsable"): print(f"{part.pos_marker.line_no}: {part.raw[:80]!r}")'
  ]
  const output = execFileSync(python, ['-c', program.join('\n')], { input: script, encoding: 'utf8' })
  return output.split('\n').filter((line) => line !== '')
}
