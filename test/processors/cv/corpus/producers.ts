import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Layout, ProducerName } from './cv.ts'

/** A document to be made: what its layout gave, and the file that it becomes. */
export interface Job {
  readonly id: string
  readonly format: Layout['format']
  readonly content: string | Buffer
  readonly file: string
}

/** A program that makes documents. */
interface Producer {
  /** Whether it is on this machine. */
  readonly isThere: () => boolean
  readonly make: (jobs: readonly Job[], work: string) => void
}

const answers = (command: string, args: readonly string[]) =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0

function ran(command: string, args: readonly string[], cwd: string): void {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} failed: ${`${stdout}${stderr}`.slice(-600)}`)
}

const written: Producer = {
  isThere: () => true,
  make: (jobs) => {
    for (const { file, content } of jobs) writeFileSync(file, content)
  }
}

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-pdf-header-footer'
]

const chromium: Producer = {
  isThere: () => answers('chromium', ['--version']),
  make: (jobs, work) => {
    const html = join(work, 'cv.html')
    for (const { file, content } of jobs) {
      writeFileSync(html, content)
      const profile = `--user-data-dir=${join(work, 'profile')}`
      ran('chromium', [...flags, profile, `--print-to-pdf=${file}`, pathToFileURL(html).href], work)
    }
  }
}

const python = () => process.env['COURANT_TEST_TYPST_PYTHON'] ?? 'python3'

const typst: Producer = {
  isThere: () => answers(python(), ['-c', 'import typst']),
  make: (jobs, work) => {
    for (const { id, content } of jobs) writeFileSync(join(work, `${id}.typ`), content)
    const pairs = JSON.stringify(jobs.map(({ id, file }) => [`${id}.typ`, file]))
    ran(
      python(),
      [
        '-c',
        `import json, sys, typst\nfor a, b in json.loads(sys.argv[1]): typst.compile(a, output=b)`,
        pairs
      ],
      work
    )
  }
}

const latex: Producer = {
  isThere: () => answers('kpsewhich', ['currvita.sty']) && answers('kpsewhich', ['enumitem.sty']),
  make: (jobs, work) => {
    for (const { id, content, file } of jobs) {
      writeFileSync(join(work, `${id}.tex`), content)
      ran('pdflatex', ['-interaction=nonstopmode', '-halt-on-error', `${id}.tex`], work)
      copyFileSync(join(work, `${id}.pdf`), file)
    }
  }
}

const filters: Readonly<Record<string, string>> = { doc: 'doc:MS Word 97', docx: 'docx:MS Word 2007 XML' }

const libreoffice: Producer = {
  isThere: () => answers('soffice', ['--version']),
  make: (jobs, work) => {
    for (const [format, own] of Map.groupBy(jobs, (job) => job.format)) {
      const to = join(work, `to-${format}`)
      mkdirSync(to)
      for (const { id, content } of own) writeFileSync(join(work, `${id}.odt`), content)
      const profile = `-env:UserInstallation=${pathToFileURL(join(work, 'office')).href}`
      const sources = own.map(({ id }) => `${id}.odt`)
      ran(
        'soffice',
        [profile, '--headless', '--convert-to', filters[format] ?? format, '--outdir', to, ...sources],
        work
      )
      for (const { id, file } of own) copyFileSync(join(to, `${id}.${format}`), file)
    }
  }
}

export const producers: Readonly<Record<ProducerName, Producer>> = {
  hand: written,
  docx: written,
  pdfkit: written,
  chromium,
  typst,
  latex,
  libreoffice
}
