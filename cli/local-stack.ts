import { dataDirFrom } from '../local/folders.ts'
import type { ServerName } from '../local/server.ts'
import { servers } from '../local/servers.ts'
import { runningServers, stackEnvFile } from '../local/stack-env.ts'

/**
 * Takes what the environment does not say of servers from the local stack that runs from this folder, and says so in a
 * line. A server that the environment names is left as it is; without a local stack nothing happens. True when one runs.
 */
export function useLocalStack(env: NodeJS.ProcessEnv, say: (line: string) => void): boolean {
  const dataDir = dataDirFrom(env)
  const used: string[] = []
  const left: string[] = []
  const running = runningServers(dataDir)
  for (const [name, variables] of running) {
    const named = namedElsewhere(name, variables, env)
    if (named !== undefined) left.push(`not its ${name}: ${named} is set`)
    else if (fill(env, variables)) used.push(name)
  }
  if (used.length > 0)
    say([`uses ${used.join(', ')} of the local stack (${stackEnvFile(dataDir)})`, ...left].join('; '))
  return running.size > 0
}

/** The variable that names another server than the one that runs here. */
function namedElsewhere(
  name: ServerName,
  variables: Readonly<Record<string, string>>,
  env: NodeJS.ProcessEnv
): string | undefined {
  // Host and port have defaults, so either of them alone names another server, too.
  const addresses = [servers[name].replacedBy, ...(name === 'postgres' ? ['PGPORT'] : [])]
  if (addresses.every((variable) => env[variable] === variables[variable])) return undefined
  return addresses.flatMap((variable) => [variable, `${variable}_FILE`]).find((variable) => env[variable])
}

/** Sets what is not set, were it by a file; true when there was something. */
function fill(env: NodeJS.ProcessEnv, variables: Readonly<Record<string, string>>): boolean {
  const missing = Object.keys(variables).filter((variable) => !env[variable] && !env[`${variable}_FILE`])
  for (const variable of missing) env[variable] = variables[variable]
  return missing.length > 0
}
