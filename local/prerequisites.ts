import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { CourantError } from '../runtime/errors.ts'

export type Prerequisite = 'setpriv' | 'java' | 'maven' | 'go' | 'npm'

interface Check {
  readonly isThere: () => boolean
  /** What is missing, for the start of a sentence. */
  readonly what: string
  readonly command: () => string
}

const checks: Readonly<Record<Prerequisite, Check>> = {
  setpriv: {
    isThere: () => outputOf('setpriv', ['--help']).includes('--pdeathsig'),
    what: 'setpriv (util-linux 2.33 or newer, on Linux)',
    command: () => apt('util-linux')
  },
  java: {
    isThere: () => findJava() !== null,
    what: 'JDK 17',
    command: () => apt('openjdk-17-jdk-headless')
  },
  maven: {
    isThere: () => outputOf('mvn', ['--version']).includes('Apache Maven'),
    what: 'Maven',
    command: () => apt('maven')
  },
  go: {
    // From 1.21 on, go fetches by itself the toolchain that MinIO asks for.
    isThere: () => minorVersionOf(/go1\.(\d+)/, outputOf('go', ['version'])) >= 21,
    what: 'Go 1.21 or newer',
    // Debian 12's own Go is 1.19.
    command: () => apt(isBookworm() ? '-t bookworm-backports golang-go' : 'golang-go')
  },
  npm: {
    isThere: () => /^\d+\./.test(outputOf('npm', ['--version'])),
    what: 'npm',
    command: () => apt('npm')
  }
}

/** One sentence for each prerequisite that this machine lacks, with the command that installs it. */
export function missing(needed: Iterable<Prerequisite>): string[] {
  return [...new Set(needed)]
    .map((name) => checks[name])
    .filter((check) => !check.isThere())
    .map((check) => `${check.what} is missing; install it with: ${check.command()}`)
}

/** Throws one PREREQUISITE_MISSING with a sentence for each that this machine lacks. */
export function requireAll(needed: Iterable<Prerequisite>): void {
  const sentences = missing(needed)
  if (sentences.length > 0) throw new CourantError('PREREQUISITE_MISSING', sentences.join('\n'))
}

/** Path of a JDK 17's `java`: `JAVA_HOME`, the search path, then Debian's and Ubuntu's own folder; null if there is none. */
export function findJava(): string | null {
  const folder = '/usr/lib/jvm'
  const packaged = existsSync(folder) ? readdirSync(folder).filter((name) => name.startsWith('java-17-')) : []
  const homes = [process.env['JAVA_HOME'], ...packaged.map((name) => join(folder, name))]
  const [first, ...others] = homes.map((home) => (home ? join(home, 'bin/java') : null))
  const candidates = [first, 'java', ...others].filter((path) => typeof path === 'string')
  return candidates.find((path) => /version "17[."]/.test(outputOf(path, ['-version']))) ?? null
}

/** What a program prints on both its outputs, or '' when it cannot be run. */
function outputOf(command: string, args: readonly string[]): string {
  try {
    return execFileSync('sh', ['-c', 'exec "$0" "$@" 2>&1', command, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore']
    })
  } catch {
    return ''
  }
}

function minorVersionOf(pattern: RegExp, text: string): number {
  return Number(pattern.exec(text)?.[1] ?? -1)
}

function apt(packages: string): string {
  const sudo = process.getuid?.() === 0 ? '' : 'sudo '
  return `${sudo}apt-get update && ${sudo}apt-get install -y ${packages}`
}

function isBookworm(): boolean {
  try {
    return readFileSync('/etc/os-release', 'utf8').includes('VERSION_CODENAME=bookworm')
  } catch {
    return false
  }
}
