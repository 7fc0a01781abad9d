import {
  AlignmentType,
  BorderStyle,
  Document,
  Header,
  HeadingLevel,
  Packer,
  Paragraph,
  Table,
  TableCell,
  TableRow,
  TabStopType,
  TextRun,
  WidthType
} from 'docx'
import type { Cv, Layout } from '../cv.ts'
import { joined } from './html.ts'

const line = (text: string) => (text === '' ? [] : [new Paragraph(text)])
const heading = (text: string) => new Paragraph({ text, heading: HeadingLevel.HEADING_2 })
const section = (title: string, text: string) => (text === '' ? [] : [heading(title), new Paragraph(text)])
const bullets = (points: readonly string[]) =>
  points.map((text) => new Paragraph({ text, bullet: { level: 0 } }))
const none = { style: BorderStyle.NONE, size: 0, color: 'FFFFFF' }
const borders = {
  top: none,
  bottom: none,
  left: none,
  right: none,
  insideHorizontal: none,
  insideVertical: none
}

/** A page in two cells of a table without borders, as Word's own designs are. */
const cells = (p: Cv) => {
  const left = [
    heading(p.words.contact),
    ...[p.address, ...p.phones, p.email, p.links].flatMap(line),
    heading(p.words.skills),
    ...p.skills.flatMap(line),
    ...(p.languages.length === 0 ? [] : [heading(p.words.languages)]),
    ...p.languages.map((x) => new Paragraph(`${x.language} – ${x.level}`)),
    ...section(p.words.certs, p.certs),
    ...section(p.words.interests, p.interests)
  ]
  const right = [
    new Paragraph({ text: p.name, heading: HeadingLevel.TITLE }),
    ...line(p.title),
    ...section(p.words.summary, p.summary),
    heading(p.words.experience),
    ...p.experience.flatMap((x) => [
      new Paragraph({ children: [new TextRun({ text: x.title, bold: true })] }),
      new Paragraph(joined([x.company, x.place, x.contract], ' | ')),
      new Paragraph({ children: [new TextRun({ text: x.period, italics: true })] }),
      ...bullets(x.points)
    ]),
    heading(p.words.education),
    ...p.education.flatMap((x) => [
      new Paragraph({ children: [new TextRun({ text: x.degree, bold: true })] }),
      new Paragraph(`${x.school} (${x.period})`)
    ])
  ]
  const cell = (children: Paragraph[], size: number) =>
    new TableCell({ children, borders, width: { size, type: WidthType.PERCENTAGE } })
  return [new Table({ borders, rows: [new TableRow({ children: [cell(left, 33), cell(right, 67)] })] })]
}

/** Tab stops, and the contact data in the page's header. */
const header = (p: Cv) => {
  const dated = (text: string, period: string) =>
    new Paragraph({
      tabStops: [{ type: TabStopType.RIGHT, position: 9000 }],
      children: [new TextRun({ text, bold: true }), new TextRun(`\t${period}`)]
    })
  return [
    new Paragraph({ text: p.name, heading: HeadingLevel.TITLE, alignment: AlignmentType.CENTER }),
    ...(p.title === '' ? [] : [new Paragraph({ text: p.title, alignment: AlignmentType.CENTER })]),
    ...line(p.noise),
    ...section(p.words.summary, p.summary),
    heading(p.words.skills),
    new Paragraph(p.skills.join(' • ')),
    heading(p.words.experience),
    ...p.experience.flatMap((x) => [
      dated(joined([x.company, x.place], ', '), x.period),
      new Paragraph({
        children: [new TextRun({ text: joined([x.title, x.contract], ' / '), italics: true })]
      }),
      ...bullets(x.points)
    ]),
    heading(p.words.education),
    ...p.education.flatMap((x) => [dated(x.degree, x.period), new Paragraph(x.school)]),
    ...section(p.words.languages, p.languages.map((x) => `${x.language} : ${x.level}`).join(' ; ')),
    ...section(p.words.certs, p.certs),
    ...section(p.words.volunteer, p.volunteer),
    ...section(p.words.interests, p.interests),
    ...section(p.words.referee, p.referee)
  ]
}

const packed = (children: (Paragraph | Table)[], top?: string): Promise<Buffer> =>
  Packer.toBuffer(
    new Document({
      sections: [
        {
          ...(top === undefined
            ? {}
            : { headers: { default: new Header({ children: [new Paragraph(top)] }) } }),
          children
        }
      ]
    })
  )

const of = (name: string, layout: Omit<Layout, 'name' | 'producer' | 'format'>): Layout => ({
  ...layout,
  name,
  producer: 'docx',
  format: 'docx'
})

export const docxLayouts: readonly Layout[] = [
  of('docx-cells', {
    set: 'dev',
    period: 'capital',
    words: 'short',
    omits: ['noise'],
    make: (p) => packed(cells(p))
  }),
  of('docx-header', {
    set: 'test',
    period: 'words',
    words: 'plain',
    make: (p) => packed(header(p), joined([p.email, ...p.phones, p.address, p.links], ' | '))
  })
]
