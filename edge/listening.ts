import type { FastifyInstance } from 'fastify'
import { CourantError } from '../runtime/errors.ts'
import type { Setting, Settings } from '../runtime/settings.ts'

/** Listens on the port of a setting and gives the address; CONFIG_INVALID names the setting when that cannot be. */
export async function listenOn(
  app: FastifyInstance,
  { host, port, settings }: { readonly host: string; readonly port: Setting; readonly settings: Settings }
): Promise<string> {
  try {
    return await app.listen({ host, port: settings.number(port) })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === undefined) throw cause
    const number = settings.text(port)
    const problem =
      code === 'EADDRINUSE' ? `the port ${number} is taken` : `cannot listen on ${host}:${number} (${code})`
    throw new CourantError('CONFIG_INVALID', `${port.env}: ${problem}; choose another`, { cause })
  }
}
