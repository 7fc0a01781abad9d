import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline/promises'
import { CourantError } from '../runtime/errors.ts'
import type { Environment } from '../runtime/settings.ts'
import { childEnvironment } from './child-environment.ts'
import { type Lack, installCommand, sentenceOf } from './prerequisites.ts'
import type { Report } from './server.ts'

interface Consent {
  readonly env: Environment
  readonly report: Report
  /** Asks a person at the terminal; null where there is none. */
  readonly ask?: ((question: string) => Promise<string>) | null
}

/**
 * Has the system's packages installed that bring what is missing: after a yes at the terminal, or with COURANT_YES=1;
 * never without. Throws PREREQUISITE_MISSING with the command otherwise, and where it fails.
 */
export async function provide(find: () => readonly Lack[], consent: Consent): Promise<void> {
  const lacks = find()
  if (lacks.length === 0) return
  const missing = sentenceOf(lacks)
  if (!(await isAgreed(missing, consent)))
    throw new CourantError('PREREQUISITE_MISSING', `${missing} (COURANT_YES=1 has that done)`)
  consent.report(`installing ${lacks.flatMap(({ packages }) => packages).join(' ')}`)
  await runCommand(installCommand(lacks))
  const left = find()
  if (left.length > 0)
    throw new CourantError('PREREQUISITE_MISSING', `The packages are installed, and yet ${sentenceOf(left)}`)
}

async function isAgreed(missing: string, { env, ask = askAtTerminal() }: Consent): Promise<boolean> {
  if (env['COURANT_YES']) return env['COURANT_YES'] === '1'
  if (!ask) return false
  return /^(y|yes|o|oui)$/i.test((await ask(`${missing}\nRun that now? [y/N] `)).trim())
}

function askAtTerminal(): ((question: string) => Promise<string>) | null {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return null
  return async (question) => {
    const terminal = createInterface({ input: process.stdin, output: process.stdout })
    try {
      return await terminal.question(question)
    } finally {
      terminal.close()
    }
  }
}

/** Runs a shell command; what it says is shown only where it fails. sudo asks at the terminal itself. */
async function runCommand(command: string): Promise<void> {
  const quiet = command.replaceAll('apt-get ', 'env DEBIAN_FRONTEND=noninteractive apt-get -qq ')
  const child = spawn('sh', ['-c', quiet], {
    stdio: ['inherit', 'pipe', 'pipe'],
    env: childEnvironment('installer')
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (output = (output + String(chunk)).slice(-4000)))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code === 0) return
  const last = output.trimEnd().split('\n').at(-1) ?? ''
  throw new CourantError('PREREQUISITE_MISSING', `\`${command}\` failed (${code}): ${last}`)
}
