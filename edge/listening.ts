import type { FastifyInstance } from 'fastify'
import { CourantError } from '../runtime/errors.ts'
import type { Setting, Settings } from '../runtime/settings.ts'

/** Where an application listens. */
export interface Listening {
  readonly host: string
  readonly port: Setting
  readonly settings: Settings
  /** Whether a free port will do where only the default one is taken, by another process of ours. */
  readonly mayMove?: boolean
}

/** Listens on the port of a setting and gives the address; CONFIG_INVALID names the setting when that cannot be. */
export async function listenOn(
  app: FastifyInstance,
  { host, port, settings, mayMove = false }: Listening
): Promise<string> {
  try {
    return await app.listen({ host, port: settings.number(port) })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === undefined) throw cause
    const number = settings.text(port)
    const isTaken = code === 'EADDRINUSE'
    if (isTaken && mayMove && number === port.default) return app.listen({ host, port: 0 })
    const problem = isTaken ? `the port ${number} is taken` : `cannot listen on ${host}:${number} (${code})`
    throw new CourantError('CONFIG_INVALID', `${port.env}: ${problem}; choose another`, { cause })
  }
}
