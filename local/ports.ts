import { randomInt } from 'node:crypto'
import { type Server as Listener, createServer } from 'node:net'
import { CourantError } from '../runtime/errors.ts'
import { type Environment, wholeNumber } from '../runtime/settings.ts'
import type { Report, Server } from './server.ts'

/** `free`: any free ones, for tests. `default`: the documented ones, or the configured ones. */
export type PortChoice = 'free' | 'default'

export type Ports = Readonly<Record<string, number>>

// Below Linux's range for outgoing connections, which starts at 32768: a server that is killed and started again
// finds its port as it left it.
const lowestPort = 20_000
const highestPort = 32_768

/** The variable that sets a port: `COURANT_LOCAL_KAFKA_PORT`; for a further role `COURANT_LOCAL_KAFKA_CONTROLLER_PORT`. */
export function portVariable(server: Pick<Server, 'name' | 'ports'>, role: string): string {
  const isFirst = Object.keys(server.ports)[0] === role
  return `COURANT_LOCAL_${server.name.toUpperCase()}_${isFirst ? '' : `${role.toUpperCase()}_`}PORT`
}

/** A port for each role: the configured one, which must be free, else the default or, if taken, a free one. */
export async function choosePorts(
  server: Pick<Server, 'name' | 'ports'>,
  options: { choice: PortChoice; env: Environment; report: Report }
): Promise<Ports> {
  const chosen: Record<string, number> = {}
  for (const [role, usual] of Object.entries(server.ports)) {
    const variable = portVariable(server, role)
    const configured = options.choice === 'default' ? options.env[variable] : undefined
    if (configured) chosen[role] = await requireFree(variable, configured)
    else if (options.choice === 'default' && (await isFree(usual))) chosen[role] = usual
    else chosen[role] = await freePort(Object.values(chosen))
    if (options.choice === 'default' && !configured && chosen[role] !== usual)
      options.report(`port ${usual} is taken, using ${chosen[role]} (${variable} sets another)`)
  }
  return chosen
}

async function requireFree(variable: string, configured: string): Promise<number> {
  const problem = wholeNumber(1, 65_535)(configured)
  if (problem) throw new CourantError('CONFIG_INVALID', `${variable} ${problem}`)
  if (await isFree(Number(configured))) return Number(configured)
  throw new CourantError(
    'SERVER_NOT_READY',
    `Port ${configured} (${variable}) is taken; stop what listens there or set another.`
  )
}

/** A port nobody listens on, chosen at random so that two choosers seldom meet. */
export async function freePort(except: readonly number[] = []): Promise<number> {
  for (let tries = 0; tries < 200; tries += 1) {
    const port = randomInt(lowestPort, highestPort)
    if (!except.includes(port) && (await isFree(port))) return port
  }
  throw new CourantError('SERVER_NOT_READY', `No free port between ${lowestPort} and ${highestPort}.`)
}

/** Whether nobody listens on the port, on loopback or on all addresses. */
export async function isFree(port: number): Promise<boolean> {
  const listener: Listener = createServer()
  return new Promise((resolve) => {
    listener.once('error', () => resolve(false))
    listener.listen(port, '127.0.0.1', () => listener.close(() => resolve(true)))
  })
}
