import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../../local/ports.ts'
import type { Environment } from '../../runtime/settings.ts'
import { MeasuredProcess } from './measured-process.ts'

const cli = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))

/** Where and with what settings Courant runs. */
export interface Installation {
  readonly env: Environment
  /** For logs and local state. */
  readonly folder: string
}

/** Starts `courant <args>` in a process of its own. */
export async function startCourant(
  { env, folder }: Installation,
  args: readonly string[]
): Promise<MeasuredProcess> {
  const [operator, edge] = [await freePort(), await freePort()]
  return new MeasuredProcess({
    command: cli,
    args,
    env: {
      ...(env as Record<string, string>),
      // Options such as --cpu-prof reach the process that is measured.
      NODE_OPTIONS: process.execArgv.join(' '),
      COURANT_OPERATOR_PORT: String(operator),
      COURANT_EDGE_PORT: String(edge)
    },
    logFile: join(folder, 'logs', `${args.join('-').replaceAll(/[^\w.-]/g, '_')}.log`)
  })
}

/** Runs `courant <args>` to its end. */
export async function runCourant(installation: Installation, args: readonly string[]): Promise<void> {
  const courant = await startCourant(installation, args)
  await courant.ended
}
