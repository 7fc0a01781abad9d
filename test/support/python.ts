import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDirFrom } from '../../local/folders.ts'
import { installOnce } from '../../local/install.ts'
import { runTied } from '../../local/tied-process.ts'

/** Why packages of Python cannot be installed here, or null when they can. */
export function whyNoPython(): string | null {
  const needed = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))'
  return runs('python3', ['-c', needed]) ? null : 'Python 3.9 or newer with venv is missing'
}

/** A Python that has these packages, downloaded once into the cache; gives the path of its program. */
export async function installPython(
  name: string,
  packages: readonly string[],
  report: (line: string) => void
): Promise<string> {
  const folder = join(cacheDirFrom(process.env), name)
  const python = join(folder, 'bin/python')
  if (existsSync(folder)) return python
  report(`${packages.join(', ')}: downloading, once`)
  await installOnce(folder, async (unfinished) => {
    await runTied('python3', ['-m', 'venv', unfinished], {})
    const pip = ['-m', 'pip', '--disable-pip-version-check', 'install', '--quiet', ...packages]
    await runTied(join(unfinished, 'bin/python'), pip, {})
  })
  return python
}

/** Whether a command runs here and ends well. */
export function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
