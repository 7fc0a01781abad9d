import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { layouts, type Period, periods } from './layouts.ts'
import { type Person, persons } from './persons.ts'

// Renders the corpus of invented persons into a folder, with Chromium: `node test/processors/cv/corpus/render.ts DIR`.

const plainText = (p: Person, period: (start: string, end: string) => string) =>
  [
    (p.fields['name'] ?? '').toUpperCase(),
    p.fields['title'],
    '',
    p.fields['home'],
    `Tel : ${p.fields['phone']}`,
    `Mail : ${p.fields['email']}`,
    p.fields['noise'] ?? '',
    '',
    ...(p.fields['summary'] ? ['PROFIL', p.fields['summary'], ''] : []),
    'EXPERIENCES PROFESSIONNELLES',
    '',
    ...p.experience.flatMap((x) => [
      `${period(x.start, x.end)} : ${x.title}`,
      `${x.company} (${x.place})`,
      ...x.points.map((point) => `- ${point}`),
      ''
    ]),
    'FORMATION',
    '',
    ...p.education.flatMap((x) => [`${period(x.start, x.end)} : ${x.degree}, ${x.school}`]),
    '',
    'COMPETENCES',
    ...(p.fields['skills'] ?? '').split(', ').map((skill) => `- ${skill}`),
    '',
    'LANGUES',
    ...p.languages.map((x) => `${x.language} : ${x.level}`),
    '',
    'LOISIRS',
    p.fields['interests'] ?? ''
  ].join('\n')

function truth(p: Person, layout: string, period: Period) {
  const date = (text: string) => (text === '…' ? 'present' : period === 'years' ? text.slice(0, 4) : text)
  const years =
    layout === 'etudes-first' ? (text: string) => (text === '…' ? 'present' : text.slice(0, 4)) : date
  const hasTitle = layout !== 'europass'
  return {
    personal_info: {
      name: p.fields['name']?.replace(/^Dr /, ''),
      email: p.fields['email'],
      phone: p.fields['phone'],
      location: p.fields['home'],
      links: [],
      title: hasTitle ? p.fields['title'] : null,
      summary: layout === 'europass' ? null : (p.fields['summary'] ?? null)
    },
    skills: (p.fields['skills'] ?? '').split(', '),
    experience: p.experience.map((x) => ({
      title: x.title,
      company: x.company,
      location: x.place,
      start_date: date(x.start),
      end_date: date(x.end),
      description: x.points.join('\n')
    })),
    education: p.education.map((x) => ({
      degree: x.degree,
      institution: x.school,
      start_date: years(x.start),
      end_date: years(x.end)
    })),
    languages: p.languages
  }
}

interface Kind {
  readonly layout: string
  readonly period: Period
  readonly format: string
}

/** Writes every person in every layout, with what is to be found, and a manifest. */
export function render(dir: string): void {
  mkdirSync(join(dir, 'files'), { recursive: true })
  mkdirSync(join(dir, 'gt'), { recursive: true })
  const work = mkdtempSync(join(tmpdir(), 'courant-cv-'))
  const cases: object[] = []
  const add = (p: Person, { layout, period, format }: Kind, content: (file: string) => void) => {
    const id = `${p.id}-${layout}-${format}`
    content(join(dir, 'files', `${id}.${format}`))
    writeFileSync(join(dir, 'gt', `${id}.json`), JSON.stringify(truth(p, layout, period), null, 1))
    cases.push({
      id,
      file: `files/${id}.${format}`,
      gt: `gt/${id}.json`,
      format,
      lang: 'fr',
      layout,
      person: p.id,
      set: p.set
    })
  }
  for (const p of persons()) {
    for (const layout of layouts)
      add(p, { layout: layout.name, period: layout.period, format: 'pdf' }, (file) => {
        const html = join(work, 'cv.html')
        writeFileSync(html, layout.html(p, periods[layout.period]))
        print(html, file, work)
      })
    add(p, { layout: 'plain', period: 'short', format: 'txt' }, (file) =>
      writeFileSync(file, plainText(p, periods.short))
    )
  }
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify({ version: 1, cases }, null, 1))
  rmSync(work, { recursive: true, force: true })
}

function print(html: string, file: string, work: string): void {
  const flags = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--user-data-dir=${join(work, 'profile')}`,
    '--no-pdf-header-footer'
  ]
  const { status, stderr } = spawnSync(
    'chromium',
    [...flags, `--print-to-pdf=${file}`, pathToFileURL(html).href],
    { encoding: 'utf8' }
  )
  if (status !== 0) throw new Error(`chromium could not print: ${stderr.slice(-300)}`)
}

if (process.argv[1] === import.meta.filename) render(process.argv[2] ?? 'cv-corpus')
