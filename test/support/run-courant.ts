import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))

export interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs the command line as people do and waits for its end; `input` is its standard input. */
export function runCourant(
  args: readonly string[],
  { env = {}, input = '' }: { env?: Readonly<Record<string, string>>; input?: string } = {}
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(main, [...args], {
      // A stack that somebody runs from this folder is none of the test's.
      env: { PATH: process.env['PATH'] ?? '', COURANT_DATA_DIR: join(tmpdir(), 'courant-no-stack'), ...env }
    })
    const texts = { out: '', err: '' }
    child.stdout.on('data', (chunk) => (texts.out += String(chunk)))
    child.stderr.on('data', (chunk) => (texts.err += String(chunk)))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, ...texts }))
    // A command that ends before it has read its input closes the pipe.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
  })
}
