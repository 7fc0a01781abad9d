import { type ChildProcess, type StdioOptions, execFileSync, spawn } from 'node:child_process'
import { CourantError } from '../runtime/errors.ts'
import { type Inherited, childEnvironment } from './child-environment.ts'
import { lastWords } from './last-words.ts'

/** A user without rights, for servers that refuse to be root. */
export interface DroppedUser {
  readonly uid: number
  readonly gid: number
}

export interface TiedOptions {
  readonly stdio: StdioOptions
  /** What it is given of our environment; `installer` unless told, and `all` only to ourselves. */
  readonly inherit?: Inherited | 'all' | undefined
  /** Variables besides. */
  readonly env?: Readonly<Record<string, string>> | undefined
  readonly cwd?: string | undefined
  readonly user?: DroppedUser | undefined
  /** Sent by the kernel when our process is gone; SIGKILL unless told. */
  readonly orphanSignal?: NodeJS.Signals | undefined
}

/**
 * Starts a program that the kernel ends when this process is gone, kill -9 included (prctl(2), PR_SET_PDEATHSIG).
 * It has a process group of its own, so that Ctrl-C reaches only us and we stop it in order; the process id is the
 * program's own. Call it from the main thread: the kernel watches the thread that spawned.
 */
export function spawnTied(command: string, args: readonly string[], options: TiedOptions): ChildProcess {
  const { stdio, cwd, orphanSignal = 'SIGKILL', inherit = 'installer' } = options
  const inherited = inherit === 'all' ? process.env : childEnvironment(inherit)
  // If we died before the kernel was told to watch us, the shell sees another parent and does not begin.
  const guard = '[ "$PPID" = "$0" ] || exit 1; exec "$@"'
  return spawn(
    'setpriv',
    [
      ...dropTo(options.user),
      '--pdeathsig',
      orphanSignal.replace('SIG', ''),
      'sh',
      '-c',
      guard,
      String(process.pid),
      command,
      ...args
    ],
    { detached: true, stdio, cwd, env: { ...inherited, ...options.env } }
  )
}

/** Whether a user may use a file or folder at this path, its parents included. */
export function mayEnter(user: DroppedUser, path: string): boolean {
  try {
    execFileSync('setpriv', [...dropTo(user), 'test', '-x', path], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function dropTo(user: DroppedUser | undefined): string[] {
  return user ? [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups'] : []
}

/** Runs a program to its end, giving each line of its output; SERVER_NOT_READY with the line that says why when it fails. */
export async function runTied(
  command: string,
  args: readonly string[],
  options: Omit<TiedOptions, 'stdio'> & { onLine?: (line: string) => void }
): Promise<void> {
  const child = spawnTied(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const last: string[] = []
  const take = (line: string) => {
    last.push(line)
    if (last.length > 50) last.shift()
    options.onLine?.(line)
  }
  for (const stream of [child.stdout, child.stderr]) splitLines(stream, take)
  const outcome = await new Promise<string>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(String(signal ?? code)))
  })
  if (outcome !== '0')
    throw new CourantError(
      'SERVER_NOT_READY',
      `${command} failed (${outcome}): ${lastWords(last.join('\n'))}`,
      { details: { last: last.slice(-10) } }
    )
}

function splitLines(stream: NodeJS.ReadableStream | null, take: (line: string) => void): void {
  let rest = ''
  stream?.setEncoding('utf8')
  stream?.on('data', (text: string) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line.trim()) take(line)
  })
}
