import { default as Pdf } from 'pdfkit'
import type { Cv, Layout } from '../cv.ts'
import { joined } from './html.ts'

type Doc = InstanceType<typeof Pdf>

function drawn(build: (doc: Doc) => void): Promise<Buffer> {
  const doc = new Pdf({ size: 'A4', margin: 45, info: { CreationDate: new Date(0) } })
  const parts: Buffer[] = []
  doc.on('data', (part: Buffer) => parts.push(part))
  const done = new Promise<Buffer>((resolve, reject) => {
    doc.on('end', () => resolve(Buffer.concat(parts)))
    doc.on('error', reject)
  })
  build(doc)
  doc.end()
  return done
}

// The standard fonts of PDF have Windows-1252 only.
const plain = (text: string) => text.replaceAll('→', '-')

/** One column, headings in capitals and colour, the period under the title. */
const column = (p: Cv) =>
  drawn((doc) => {
    const put = (text: string, size = 10, font = 'Helvetica') =>
      text === '' ? doc : doc.font(font).fontSize(size).fillColor('black').text(plain(text))
    const section = (title: string) =>
      doc.moveDown(0.7).font('Helvetica-Bold').fontSize(12).fillColor('#7a1f5c').text(title.toUpperCase())
    const optional = (title: string, text: string) => (text === '' ? doc : (section(title), put(text)))
    put(p.name, 22, 'Helvetica-Bold')
    put(p.title, 12)
    put(joined([...p.phones, p.email, p.links], '  |  '), 9)
    put(p.address, 9)
    put(p.noise, 9)
    optional(p.words.summary, p.summary)
    section(p.words.experience)
    for (const x of p.experience) {
      put(`${x.title}${x.contract === '' ? '' : ` (${x.contract})`}`, 10.5, 'Helvetica-Bold')
      put(joined([x.company, x.place, x.period], ' - '), 9.5, 'Helvetica-Oblique')
      for (const point of x.points) put(`• ${point}`)
      doc.moveDown(0.3)
    }
    section(p.words.education)
    for (const x of p.education) {
      put(x.degree, 10.5, 'Helvetica-Bold')
      put(joined([x.school, x.period], ' - '), 9.5, 'Helvetica-Oblique')
    }
    optional(p.words.skills, p.skills.join(', '))
    optional(p.words.languages, p.languages.map((x) => `${x.language} ${x.level}`).join(', '))
    optional(p.words.certs, p.certs)
    optional(p.words.interests, p.interests)
    optional(p.words.volunteer, p.volunteer)
  })

/** Coloured left column, everything placed by hand; the right one is drawn first. */
const placed = (p: Cv) =>
  drawn((doc) => {
    doc.rect(0, 0, 190, 842).fill('#f0e6d2')
    let y = 40
    const right = (text: string, size: number, font = 'Times-Roman') => {
      if (text === '') return
      doc.font(font).fontSize(size).fillColor('black')
      doc.text(plain(text), 215, y, { width: 340 })
      y = doc.y + 2
    }
    right(p.name, 24, 'Times-Bold')
    right(p.title, 13, 'Times-Italic')
    y += 10
    if (p.summary !== '') right(p.words.summary, 14, 'Times-Bold')
    right(p.summary, 10)
    right(p.words.experience, 14, 'Times-Bold')
    for (const x of p.experience) {
      y += 4
      right(x.period, 9)
      right(joined([x.title, x.company, x.place], ', '), 10.5, 'Times-Bold')
      for (const point of x.points) right(`- ${point}`, 10)
    }
    right(p.words.education, 14, 'Times-Bold')
    for (const x of p.education) {
      right(x.period, 9)
      right(joined([x.degree, x.school], ' - '), 10.5)
    }
    y = 40
    const left = (text: string, size: number, font = 'Times-Roman') => {
      if (text === '') return
      doc.font(font).fontSize(size).fillColor('black')
      doc.text(plain(text), 20, y, { width: 155 })
      y = doc.y + 3
    }
    left(p.words.contact, 13, 'Times-Bold')
    for (const text of [...p.phones, p.email, p.address, p.links]) left(text, 9.5)
    left(p.noise, 9.5)
    left(p.words.skills, 13, 'Times-Bold')
    for (const skill of p.skills) left(`• ${skill}`, 9.5)
    if (p.languages.length > 0) left(p.words.languages, 13, 'Times-Bold')
    for (const x of p.languages) left(`${x.language} : ${x.level}`, 9.5)
    if (p.interests !== '') left(p.words.interests, 13, 'Times-Bold')
    left(p.interests, 9.5)
  })

const of = (name: string, layout: Omit<Layout, 'name' | 'producer' | 'format'>): Layout => ({
  ...layout,
  name,
  producer: 'pdfkit',
  format: 'pdf'
})

export const pdfkitLayouts: readonly Layout[] = [
  of('kit-column', { set: 'dev', period: 'words', words: 'quebec', make: column }),
  of('kit-placed', { set: 'test', period: 'since', words: 'lived', make: placed })
]
