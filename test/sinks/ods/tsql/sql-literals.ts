import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A statement as the code has it. */
export interface SqlLiteral {
  /** The file and line where it stands. */
  readonly place: string
  /** Matches every text that it may become. */
  readonly pattern: RegExp
}

const verb = /^(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|MERGE|WITH|DECLARE|EXEC|TRUNCATE|CREATE|ALTER|DROP) /
const hole = '\0'

/** Every text in the files of a folder that begins like a statement; not of folders within. */
export function sqlLiterals(folder: string): SqlLiteral[] {
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'))
  return files.flatMap((name) => {
    const source = readFileSync(join(folder, name), 'utf8')
    return literalsOf(source)
      .filter(({ text }) => verb.test(text) && / (?:FROM|INTO|SET|TABLE|\[?etl\.|config\.)/.test(text))
      .map(({ text, at }) => ({
        place: `${name}:${source.slice(0, at).split('\n').length}`,
        pattern: new RegExp(`^${text.split(hole).map(escaped).join('[^]*')}$`)
      }))
  })
}

const escaped = (text: string) => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)

interface Literal {
  /** With a NUL for each `${…}`. */
  readonly text: string
  readonly at: number
}

/** Texts in single quotes and backticks, and those within the latter's holes. */
function literalsOf(source: string): Literal[] {
  const found: Literal[] = []
  for (let at = 0; at < source.length; ) at = next(source, at, found)
  return found
}

/** Reads what begins at a place, a text or a comment or one character, and gives the place behind it. */
function next(source: string, at: number, found: Literal[]): number {
  if (source.startsWith('//', at)) return endOf(source, '\n', at)
  if (source.startsWith('/*', at)) return endOf(source, '*/', at)
  if (source[at] === '`') return template(source, at, found)
  if (source[at] !== "'" && source[at] !== '"') return at + 1
  const closed = /^(['"])((?:\\.|(?!\1)[^\\\n])*)\1/.exec(source.slice(at))
  if (!closed) return at + 1
  found.push({ text: closed[2] ?? '', at })
  return at + closed[0].length
}

const endOf = (source: string, mark: string, from: number) => {
  const end = source.indexOf(mark, from)
  return end === -1 ? source.length : end + mark.length
}

function template(source: string, from: number, found: Literal[]): number {
  let text = ''
  for (let at = from + 1; at < source.length; ) {
    if (source[at] === '`') {
      found.push({ text, at: from })
      return at + 1
    }
    if (source[at] === '\\') {
      text += source[at + 1] ?? ''
      at += 2
    } else if (source.startsWith('${', at)) {
      text += hole
      at = holeEnd(source, at + 2, found)
    } else text += source[at++]
  }
  return source.length
}

/** Behind the brace that closes a hole. */
function holeEnd(source: string, from: number, found: Literal[]): number {
  let depth = 1
  for (let at = from; at < source.length; ) {
    if (source[at] === '}' && --depth === 0) return at + 1
    if (source[at] === '{') depth++
    at = next(source, at, found)
  }
  return source.length
}
