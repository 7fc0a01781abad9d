import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadOdbc } from '../../producers/progress/odbc.ts'

const source = fileURLToPath(new URL('odbc-scripted-driver.c', import.meta.url))

/** Why tests with the scripted driver are skipped here; false where it can be compiled and loaded. */
export const withoutScriptedDriver: string | false = await missingPart()

async function missingPart(): Promise<string | false> {
  try {
    await loadOdbc()
    execFileSync('gcc', ['--version'], { stdio: 'ignore' })
  } catch {
    return 'npm odbc or gcc is not installed'
  }
  return existsSync('/usr/include/sql.h') ? false : 'unixODBC is without its headers (unixodbc-dev)'
}

/** A row of an answer: texts, or one that the driver flags in error, alone too or only in a block. */
export type ScriptedRow =
  | readonly (string | null)[]
  | { readonly bad: { readonly state: string; readonly code: number; readonly message: string } }
  | 'lost'

/** What statements that contain a text are answered with. */
export interface Answer {
  readonly to: string
  readonly columns: Readonly<Record<string, number>>
  readonly rows: readonly ScriptedRow[]
}

/** Compiles the driver into the folder and gives the connection string for a script of these answers. */
export function scriptedDriver(folder: string, answers: readonly Answer[]): string {
  const [driver, script] = [join(folder, 'driver.so'), join(folder, 'script.tsv')]
  if (!existsSync(driver)) execFileSync('gcc', ['-shared', '-fPIC', '-o', driver, source])
  writeFileSync(script, answers.flatMap(linesOf).join(''))
  return `Driver=${driver};Script=${script}`
}

function linesOf({ to, columns, rows }: Answer): string[] {
  const sized = Object.entries(columns).map(([name, size]) => line('column', name, String(size)))
  return [line('answer', to), ...sized, ...rows.map(lineOf)]
}

function lineOf(row: ScriptedRow): string {
  if (row === 'lost') return line('lost')
  if ('bad' in row) return line('bad', row.bad.state, String(row.bad.code), row.bad.message)
  return line('row', ...row.map((value) => value ?? '\\N'))
}

const line = (...words: readonly string[]) => `${words.join('\t')}\n`
