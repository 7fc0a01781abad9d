import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { CvRefused } from '../refusal.ts'
import type { GreyImage } from './grey-image.ts'
import { linesOfHocr, type OcrLine } from './hocr.ts'

/** Tesseract as it is on this machine. */
export interface Tesseract {
  readonly path: string
  /** Such as `fra+eng`. */
  readonly languages: string
}

/** Reads the lines of a picture. */
export type Recognise = (image: GreyImage) => Promise<readonly OcrLine[]>

const wantedLanguages = ['fra', 'eng']

/** The Tesseract of the search path, with what it knows of French and English; null where there is none. */
export function findTesseract(searchPath = process.env['PATH'] ?? ''): Tesseract | null {
  const path = searchPath
    .split(delimiter)
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, 'tesseract'))
    .find(isProgram)
  if (path === undefined) return null
  const known = languagesOf(path)
  const languages = wantedLanguages.filter((language) => known.includes(language)).join('+')
  return languages === '' ? null : { path, languages }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function languagesOf(path: string): string[] {
  try {
    return execFileSync(path, ['--list-langs'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000
    }).split('\n')
  } catch {
    return []
  }
}

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Output of a page full of letters is a hundredth of it. */
const maxOutput = 20_000_000

/** Reads pictures by Tesseract, each in a process of its own, which gets the picture and nothing else of ours. */
export function recogniserOf({ path, languages }: Tesseract): Recognise {
  return async (image) => linesOfHocr(await hocrOf(path, languages, image))
}

async function hocrOf(path: string, languages: string, image: GreyImage): Promise<string> {
  const options = ['-l', languages, '--dpi', String(Math.round(image.scale * 72)), '--psm', '3']
  // One thread: more are slower on a page, and what other documents need.
  const child = spawn(path, ['stdin', 'stdout', ...options, 'hocr'], {
    env: { OMP_THREAD_LIMIT: '1', LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'ignore']
  })
  running.add(child)
  try {
    const parts: Buffer[] = []
    let size = 0
    child.stdout.on('data', (part: Buffer) => {
      size += part.length
      if (size > maxOutput) child.kill('SIGKILL')
      else parts.push(part)
    })
    // It may end before it has read everything; how it ended says enough.
    child.stdin.on('error', () => {})
    child.stdin.write(`P5 ${image.width} ${image.height} 255\n`)
    child.stdin.end(image.data)
    const code = await new Promise<number | null>((resolve) => {
      child.once('error', () => resolve(null))
      child.once('close', resolve)
    })
    if (code !== 0) throw new CvRefused('CV_OCR_FAILED')
    return Buffer.concat(parts).toString('utf8')
  } finally {
    running.delete(child)
  }
}
