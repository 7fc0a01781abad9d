import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { Running, ServerName } from './server.ts'
import { stackHolder } from './stack.ts'

type Variables = Readonly<Record<string, string>>

/** `<data>/stack.env`: the variables by which clients find the servers of `courant up` or the demo, for programs and shells. */
export const stackEnvFile = (dataDir: string): string => join(dataDir, 'stack.env')

/** Writes the file for the stack that this process runs, and returns its lines. */
export function writeStackEnv(
  dataDir: string,
  servers: ReadonlyMap<ServerName, Pick<Running, 'env'>>
): string[] {
  const sections = [...servers].map(([name, { env }]) => [`# ${name}`, ...Object.entries(env).map(lineOf)])
  const lines = [headOf(process.pid), ...sections.flat()]
  writeFileSync(stackEnvFile(dataDir), `${lines.join('\n')}\n`, { mode: 0o600 })
  return lines
}

/** Removes the file. */
export const removeStackEnv = (dataDir: string): void => rmSync(stackEnvFile(dataDir), { force: true })

/** The servers that a process runs on a data folder, with their variables; none when none does. */
export function runningServers(dataDir: string): ReadonlyMap<ServerName, Variables> {
  const file = stackEnvFile(dataDir)
  const holder = stackHolder(dataDir)
  if (holder === null || !existsSync(file)) return new Map()
  const [head = '', ...sections] = readFileSync(file, 'utf8').split(/^# /m).slice(1)
  // What a killed stack left says nothing of the one that starts now.
  if (`# ${head.trim()}` !== headOf(holder)) return new Map()
  return new Map(
    sections.map((section) => {
      const [name = '', ...lines] = section.split('\n')
      return [name as ServerName, parseEnv(lines.join('\n')) as Variables]
    })
  )
}

const headOf = (pid: number): string => `# the servers that process ${pid} runs`

// Quoted where a shell would see more than a word: a connection string has semicolons.
const lineOf = ([name, value]: [string, string]): string =>
  /^[\w.:/-]*$/.test(value) ? `${name}=${value}` : `${name}='${value}'`
