import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cvOf, type Layout, type ProducerName, truthOf } from './cv.ts'
import { chromiumLayouts } from './layouts/chromium.ts'
import { docxLayouts } from './layouts/docx.ts'
import { firstLayouts } from './layouts/first.ts'
import { handLayouts } from './layouts/hand.ts'
import { latexLayouts } from './layouts/latex.ts'
import { libreOfficeLayouts } from './layouts/libreoffice.ts'
import { pdfkitLayouts } from './layouts/pdfkit.ts'
import { typstLayouts } from './layouts/typst.ts'
import { type Person, persons } from './persons.ts'
import { type Job, producers } from './producers.ts'

// Renders the corpus of invented persons into a folder: `node test/processors/cv/corpus/render.ts DIR [producers]`.

export const layouts: readonly Layout[] = [
  ...firstLayouts,
  ...chromiumLayouts,
  ...typstLayouts,
  ...latexLayouts,
  ...libreOfficeLayouts,
  ...docxLayouts,
  ...pdfkitLayouts,
  ...handLayouts
]

/** A person in a layout. Those set aside meet only layouts set aside, so that nothing of such a document was seen. */
export interface Case {
  readonly id: string
  readonly person: Person
  readonly layout: Layout
}

/** How many layouts a person is shown in. */
const shownIn = { dev: 5, test: 5 }

export function cases(): Case[] {
  return (['dev', 'test'] as const).flatMap((set) => {
    const own = layouts.filter((layout) => layout.set === set)
    return persons()
      .filter((person) => person.set === set)
      .flatMap((person, index) =>
        Array.from({ length: shownIn[set] }, (_, turn) => {
          const layout = own[(index * shownIn[set] + turn) % own.length] as Layout
          return { id: `${person.id}-${layout.name}`, person, layout }
        })
      )
  })
}

export interface Rendered {
  readonly cases: readonly Case[]
  /** Producers that are not on this machine; their documents are missing. */
  readonly missing: readonly ProducerName[]
}

/** Writes the documents that can be made here, with what is to be found in each, and a manifest. */
export async function render(dir: string, wanted: readonly Case[] = cases()): Promise<Rendered> {
  mkdirSync(join(dir, 'files'), { recursive: true })
  mkdirSync(join(dir, 'gt'), { recursive: true })
  const made: Case[] = []
  const missing: ProducerName[] = []
  for (const [name, own] of Map.groupBy(wanted, ({ layout }) => layout.producer)) {
    if (!producers[name].isThere()) {
      missing.push(name)
      continue
    }
    await produce(dir, name, own)
    made.push(...own)
  }
  const ordered = wanted.filter((each) => made.includes(each))
  for (const { id, person, layout } of ordered)
    writeFileSync(join(dir, 'gt', `${id}.json`), JSON.stringify(truthOf(person, layout), null, 1))
  writeFileSync(
    join(dir, 'manifest.json'),
    JSON.stringify({ version: 1, cases: ordered.map(entry) }, null, 1)
  )
  return { cases: ordered, missing: missing.sort() }
}

async function produce(dir: string, name: ProducerName, own: readonly Case[]): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'courant-cv-'))
  try {
    const jobs: Job[] = []
    for (const { id, person, layout } of own) {
      const content = await layout.make(cvOf(person, layout))
      jobs.push({ id, format: layout.format, content, file: join(dir, fileOf({ id, layout })) })
    }
    producers[name].make(jobs, work)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

const fileOf = ({ id, layout }: Pick<Case, 'id' | 'layout'>) => `files/${id}.${layout.format}`

const entry = (each: Case) => ({
  id: each.id,
  file: fileOf(each),
  gt: `gt/${each.id}.json`,
  format: each.layout.format,
  lang: 'fr',
  layout: each.layout.name,
  via: each.layout.producer,
  person: each.person.id,
  set: each.layout.set
})

if (process.argv[1] === import.meta.filename) {
  const only = process.argv[3]?.split(',')
  const wanted = cases().filter(({ layout }) => only === undefined || only.includes(layout.producer))
  const { cases: made, missing } = await render(process.argv[2] ?? 'cv-corpus', wanted)
  process.stdout.write(
    `${made.length} documents${missing.length > 0 ? `; not here: ${missing.join(', ')}` : ''}\n`
  )
}
