import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDirFrom } from '../../../local/folders.ts'
import { installOnce } from '../../../local/install.ts'
import { runTied } from '../../../local/tied-process.ts'

const pyspark = '4.0.1'

/** Why Spark cannot run here, or null when it can. */
export function whyNoSpark(): string | null {
  if (!runs('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))']))
    return 'Python 3.9 or newer with venv is missing'
  return runs('java', ['-version']) ? null : 'Java is missing'
}

/** A Python that has Spark, downloaded once (430 MB) into the cache; gives the path of its program. */
export async function installSpark(report: (line: string) => void): Promise<string> {
  const folder = join(cacheDirFrom(process.env), `spark-${pyspark}`)
  const python = join(folder, 'bin/python')
  if (existsSync(folder)) return python
  report(`Spark ${pyspark}: downloading (430 MB, once)`)
  await installOnce(folder, async (unfinished) => {
    await runTied('python3', ['-m', 'venv', unfinished], {})
    const pip = ['-m', 'pip', '--disable-pip-version-check', 'install', '--quiet', `pyspark==${pyspark}`]
    await runTied(join(unfinished, 'bin/python'), pip, {})
  })
  return python
}

function runs(command: string, args: readonly string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
