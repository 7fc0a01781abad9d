import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheDirFrom } from '../../local/folders.ts'
import { installOnce } from '../../local/install.ts'
import { copyJars, unpackArtifact } from '../../local/maven.ts'
import { lacking } from '../../local/prerequisites.ts'
import { provide } from '../../local/provide.ts'
import type { Report } from '../../local/server.ts'
import { runTied } from '../../local/tied-process.ts'
import { versions } from '../../local/versions.ts'
import { CourantError } from '../../runtime/errors.ts'

/** Versions of what we are compared with. */
export const peerVersions = {
  debezium: '3.7.0.Final',
  /** The newest of Apicurio's Connect converters whose parent is on Maven Central; it speaks the registry's older API. */
  apicurioConverter: '2.6.13.Final'
} as const

const requirements = fileURLToPath(new URL('./python/requirements.txt', import.meta.url))

/** Kafka Connect's jars with Debezium and an Avro converter as plugins, installed once; gives their folder. */
export async function installConnect(report: Report): Promise<string> {
  const { kafka, log4jSlf4j } = versions
  const folder = join(cacheDirFrom(process.env), `bench-connect-${kafka}-debezium-${peerVersions.debezium}`)
  if (existsSync(folder)) return folder
  await provide(() => lacking(['java', 'maven']), { env: process.env, report })
  report(`Kafka Connect ${kafka} and Debezium ${peerVersions.debezium}: downloading (75 MB, once)`)
  await installOnce(folder, async (unfinished) => {
    for (const part of ['connect', 'plugins/apicurio']) mkdirSync(join(unfinished, part), { recursive: true })
    const connect = ['connect-runtime', 'connect-json'].map((name) => `org.apache.kafka:${name}:${kafka}`)
    const logging = `org.apache.logging.log4j:log4j-slf4j-impl:${log4jSlf4j}`
    await copyJars([...connect, logging], join(unfinished, 'connect'), report)
    const debezium = `io.debezium:debezium-connector-postgres:${peerVersions.debezium}:tar.gz:plugin`
    await unpackArtifact(debezium, join(unfinished, 'plugins'), report)
    const converter = `io.apicurio:apicurio-registry-utils-converter:${peerVersions.apicurioConverter}`
    await copyJars([converter], join(unfinished, 'plugins/apicurio'), report)
    removeOlderKafka(join(unfinished, 'plugins/apicurio'))
  })
  return folder
}

/** The converter brings older jars of Kafka, which Connect would load beside its own and fail. */
function removeOlderKafka(folder: string): void {
  for (const jar of readdirSync(folder)) if (/^(connect|kafka)-/.test(jar)) rmSync(join(folder, jar))
}

/** A Python with what python/requirements.txt pins, installed once; gives the path of its program. */
export function installPython(report: Report): Promise<string> {
  return installPinned(report, {
    requirements,
    what: 'pandas, pyarrow and database drivers (150 MB, once)',
    options: []
  })
}

/** A Python with a CV parser to compare with, without what it needs for remote models, and with Typst. */
export function installCvPython(report: Report): Promise<string> {
  const pins = fileURLToPath(new URL('./python/cv-requirements.txt', import.meta.url))
  return installPinned(report, {
    requirements: pins,
    what: 'a CV parser and Typst (30 MB, once)',
    options: ['--no-deps']
  })
}

interface Pinned {
  readonly requirements: string
  readonly what: string
  readonly options: readonly string[]
}

async function installPinned(report: Report, { requirements: file, what, options }: Pinned): Promise<string> {
  const pinned = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 12)
  const folder = join(cacheDirFrom(process.env), `bench-python-${pinned}`)
  const python = join(folder, 'bin/python')
  if (existsSync(folder)) return python
  requirePython()
  report(`Python: downloading ${what}`)
  await installOnce(folder, async (unfinished) => {
    await runTied('python3', ['-m', 'venv', unfinished], {})
    const pip = ['-m', 'pip', '--disable-pip-version-check', 'install', '--quiet', ...options, '-r', file]
    await runTied(join(unfinished, 'bin/python'), pip, {})
  })
  return python
}

function requirePython(): void {
  try {
    execFileSync('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'], {
      stdio: 'ignore'
    })
  } catch (cause) {
    throw new CourantError(
      'PREREQUISITE_MISSING',
      'Python 3.10 or newer with venv is missing; install it with: apt-get update && apt-get install -y python3 python3-venv',
      { cause }
    )
  }
}
