import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** What each room may import besides itself: imports go one way (ARCHITECTURE.md, "Where things are"). */
const rooms: Readonly<Record<string, readonly string[]>> = {
  runtime: [],
  schemas: ['runtime'],
  topics: ['runtime', 'schemas'],
  producers: ['runtime', 'schemas', 'topics'],
  processors: ['runtime', 'schemas', 'topics', 'producers'],
  sinks: ['runtime', 'schemas', 'topics'],
  operate: ['runtime', 'schemas', 'topics'],
  edge: ['runtime', 'schemas', 'topics'],
  dashboard: ['runtime', 'topics', 'operate', 'edge'],
  local: ['runtime', 'schemas', 'producers'],
  'cli/verb': ['runtime', 'topics', 'operate', 'edge', 'dashboard'],
  systems: [
    'runtime',
    'schemas',
    'topics',
    'producers',
    'processors',
    'sinks',
    'edge',
    'dashboard',
    'local',
    'cli/verb'
  ],
  cli: ['runtime', 'schemas', 'topics', 'operate', 'edge', 'local', 'systems', 'cli/verb'],
  docs: ['runtime', 'schemas', 'topics', 'systems', 'cli']
}

/** Verbs of sources: whichever there are, they have tables to declare. */
const exceptions: Readonly<Record<string, readonly string[]>> = {
  'cli/tables.ts': ['producers'],
  'cli/endpoints.ts': ['producers']
}

/** Of `systems/`, what others may name; each folder there is one system's. */
const systemsFor = /^systems\/(?:index|loaded|system)\.ts$/

interface Import {
  readonly from: string
  readonly to: string
}

/** Every import that goes a way it may not, as a sentence. */
export const importProblems = (imports: readonly Import[] = importsOfFiles()): string[] =>
  imports.flatMap(({ from, to }) => {
    const [here, there] = [roomOf(from), roomOf(to)]
    if (here === null || there === null) return []
    const isAllowed =
      here === there
        ? here !== 'systems' || isWithinSystems(from, to)
        : [...(rooms[here] ?? []), ...(exceptions[from] ?? [])].includes(there) &&
          (there !== 'systems' || systemsFor.test(to))
    return isAllowed ? [] : [`${from} imports ${to}: ${sentenceOf(here, there)}`]
  })

/** A system imports itself and what is of all systems; only the list of systems names one. */
function isWithinSystems(from: string, to: string): boolean {
  const [own, other] = [from, to].map((file) => /^systems\/([^/]+)\//.exec(file)?.[1])
  return other === undefined || own === other || from === 'systems/index.ts'
}

function sentenceOf(here: string, there: string): string {
  if (here === 'systems' && there === 'systems') return 'no system knows another'
  if (there === 'systems') return 'nothing outside systems/ names one; go over systems/loaded.ts'
  return `${here}/ may import ${(rooms[here] ?? []).join(', ') || 'nothing'}`
}

const roomOf = (file: string): string | null =>
  Object.keys(rooms)
    .filter((room) => file.startsWith(`${room}/`))
    .toSorted((a, b) => b.length - a.length)[0] ?? null

function importsOfFiles(): Import[] {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts'], { encoding: 'utf8' })
  return files
    .split('\n')
    .filter((file) => roomOf(file) !== null)
    .flatMap((from) =>
      [...readFileSync(from, 'utf8').matchAll(/(?:from|import\(|import) ?'(\.[^']+\.ts)'/g)].map(
        ([, path = '']) => ({
          from,
          to: normalize(join(dirname(from), path))
        })
      )
    )
}
