import type { Cv, Layout } from '../cv.ts'
import { zipOf } from '../../zip-of.ts'
import { each, html, joined, when } from './html.ts'

const styles = `<office:font-face-decls><style:font-face style:name="F" svg:font-family="'Liberation Sans'"/></office:font-face-decls><office:styles><style:default-style style:family="paragraph"><style:text-properties style:font-name="F" fo:font-size="10.5pt" fo:language="fr" fo:country="FR"/></style:default-style><style:style style:name="Standard" style:family="paragraph"/><style:style style:name="H" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:margin-top="4mm" fo:margin-bottom="1mm" fo:border-bottom="0.5pt solid #444444"/><style:text-properties fo:font-size="13pt" fo:font-weight="bold"/></style:style><style:style style:name="N" style:family="paragraph" style:parent-style-name="Standard"><style:text-properties fo:font-size="20pt" fo:font-weight="bold"/></style:style><style:style style:name="C" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:text-align="center"/></style:style><style:style style:name="T" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:margin-top="2mm"><style:tab-stops><style:tab-stop style:position="17cm" style:type="right"/></style:tab-stops></style:paragraph-properties></style:style><style:style style:name="L" style:family="paragraph" style:parent-style-name="Standard"><style:paragraph-properties fo:margin-left="4.2cm" fo:text-indent="-4.2cm"><style:tab-stops><style:tab-stop style:position="0cm"/></style:tab-stops></style:paragraph-properties></style:style></office:styles><office:automatic-styles><style:page-layout style:name="pl"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" fo:margin="2cm"/></style:page-layout></office:automatic-styles><office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pl"/></office:master-styles>`

const looks = `<office:automatic-styles><style:style style:name="b" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style><style:style style:name="i" style:family="text"><style:text-properties fo:font-style="italic"/></style:style><style:style style:name="ca" style:family="table-column"><style:table-column-properties style:column-width="4.5cm"/></style:style><style:style style:name="cb" style:family="table-column"><style:table-column-properties style:column-width="12.5cm"/></style:style><style:style style:name="cell" style:family="table-cell"><style:table-cell-properties fo:border="0.5pt solid #999999" fo:padding="1mm"/></style:style><text:list-style style:name="ul"><text:list-level-style-bullet text:level="1" text:bullet-char="•"><style:list-level-properties text:space-before="5mm" text:min-label-width="4mm"/></text:list-level-style-bullet></text:list-style></office:automatic-styles>`

const names = { office: 'office', style: 'style', text: 'text', table: 'table', draw: 'drawing' }
const spaces = [
  ...Object.entries(names).map(
    ([short, long]) => `xmlns:${short}="urn:oasis:names:tc:opendocument:xmlns:${long}:1.0"`
  ),
  'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"',
  'xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
].join(' ')

const head = '<?xml version="1.0" encoding="UTF-8"?>'
const kind = 'application/vnd.oasis.opendocument.text'
const manifest = 'urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'

/** An ODT with a text. */
const odt = (body: string) =>
  zipOf(
    Object.entries({
      mimetype: kind,
      'META-INF/manifest.xml': `${head}<manifest:manifest xmlns:manifest="${manifest}"><manifest:file-entry manifest:full-path="/" manifest:media-type="${kind}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/><manifest:file-entry manifest:full-path="styles.xml" manifest:media-type="text/xml"/></manifest:manifest>`,
      'styles.xml': `${head}<office:document-styles ${spaces} office:version="1.2">${styles}</office:document-styles>`,
      'content.xml': `${head}<office:document-content ${spaces} office:version="1.2">${looks}<office:body><office:text>${body}</office:text></office:body></office:document-content>`
    }).map(([name, text]) => ({ name, content: Buffer.from(text) }))
  )

const par = (text: string, style = 'Standard') => `<text:p text:style-name="${style}">${text}</text:p>`
const bold = (text: string) => `<text:span text:style-name="b">${text}</text:span>`
const italic = (text: string) => `<text:span text:style-name="i">${text}</text:span>`
const list = (points: readonly string[]) =>
  points.length === 0
    ? ''
    : `<text:list text:style-name="ul">${each(points, (point) => `<text:list-item>${par(html(point))}</text:list-item>`)}</text:list>`
const tab = '<text:tab/>'
const part = (title: string, text: string) => when(text, (t) => par(html(title), 'H') + par(t))
const row = (left: string, right: string) =>
  `<table:table-row><table:table-cell table:style-name="cell">${left}</table:table-cell><table:table-cell table:style-name="cell">${right}</table:table-cell></table:table-row>`
const table = (rows: string) =>
  `<table:table><table:table-column table:style-name="ca"/><table:table-column table:style-name="cb"/>${rows}</table:table>`
const levels = (p: Cv, between: string) => p.languages.map((x) => html(`${x.language}${between}${x.level}`))

/** Title and right-aligned dates on tab stops. */
const tabs = (p: Cv) =>
  odt(
    `${par(html(p.name), 'N')}${when(p.title, (t) => par(bold(t)))}${par(html(joined([p.address, ...p.phones], ' - ')))}${par(p.email)}${when(p.noise, (t) => par(italic(t)))}${part(p.words.summary, p.summary)}${par(html(p.words.experience), 'H')}${each(p.experience, (x) => `${par(`${bold(html(x.title))}${tab}${x.period}`, 'T')}${par(`${html(x.company)}${when(x.place, (t) => ` à ${t}`)}${when(x.contract, (t) => ` - ${t}`)}`)}${list(x.points)}`)}${par(html(p.words.education), 'H')}${each(p.education, (x) => `${par(`${bold(html(x.degree))}${tab}${x.period}`, 'T')}${par(html(x.school))}`)}${par(html(p.words.skills), 'H')}${list(p.skills)}${p.languages.length === 0 ? '' : par(html(p.words.languages), 'H') + each(levels(p, ' : '), (t) => par(t))}${part(p.words.certs, p.certs)}${part(p.words.volunteer, p.volunteer)}${part(p.words.interests, p.interests)}${part(p.words.referee, p.referee)}`
  )

/** Everything within one table with borders, as forms of offices have it. */
const grid = (p: Cv) =>
  odt(
    `${par(bold('CURRICULUM VITAE'), 'C')}${table(
      row(par(bold('Nom et prénom')), par(html(p.name))) +
        row(par(bold('Adresse')), par(html(p.address))) +
        row(par(bold('Téléphone')), par(p.phones.join(' / '))) +
        row(par(bold('Adresse e-mail')), par(p.email)) +
        when(p.noise, (t) => row(par(bold('Situation')), par(t))) +
        when(p.title, (t) => row(par(bold('Poste recherché')), par(t))) +
        row(par(bold(html(p.words.education))), '<text:p/>') +
        each(p.education, (x) => row(par(x.period), par(`${html(x.degree)} – ${html(x.school)}`))) +
        row(par(bold(html(p.words.experience))), '<text:p/>') +
        each(p.experience, (x) =>
          row(
            par(x.period) + when(x.contract, (t) => par(t)),
            par(`${bold(html(x.title))}, ${html(joined([x.company, x.place], ', '))}`) + list(x.points)
          )
        ) +
        row(par(bold(html(p.words.skills))), list(p.skills)) +
        (p.languages.length === 0
          ? ''
          : row(
              par(bold(html(p.words.languages))),
              each(levels(p, ', '), (t) => par(t))
            )) +
        when(p.interests, (t) => row(par(bold(html(p.words.interests))), par(t)))
    )}`
  )

/** Dates hang to the left of the text. */
const hanging = (p: Cv) =>
  odt(
    `${par(bold(html(p.name)), 'C')}${par(html(p.address), 'C')}${par(joined(p.phones, ' – '), 'C')}${par(p.email, 'C')}${when(p.noise, (t) => par(t, 'C'))}${when(p.title, (t) => par(bold(t.toUpperCase()), 'C'))}${part(p.words.summary, p.summary)}${par(html(p.words.education), 'H')}${each(p.education, (x) => par(`${x.period}${tab}${html(joined([x.degree, x.school], ', '))}`, 'L'))}${par(html(p.words.experience), 'H')}${each(p.experience, (x) => `${par(`${x.period}${tab}${bold(html(joined([x.company, x.place], ' – ')))}`, 'L')}${par(`${tab}${italic(html(joined([x.title, x.contract], ', ')))}`, 'L')}${each(x.points, (point) => par(`${tab}- ${html(point)}`, 'L'))}`)}${par(html(p.words.skills), 'H')}${par(html(p.skills.join(' – ')))}${p.languages.length === 0 ? '' : par(html(p.words.languages), 'H') + each(p.languages, (x) => par(`${html(x.language)}${tab}${html(x.level)}`, 'L'))}${part(p.words.certs, p.certs)}${part(p.words.interests, p.interests)}${part(p.words.referee, p.referee)}`
  )

const of = (name: string, layout: Omit<Layout, 'name' | 'producer'>): Layout => ({
  ...layout,
  name,
  producer: 'libreoffice'
})

export const libreOfficeLayouts: readonly Layout[] = [
  of('writer-tabs-doc', { set: 'dev', format: 'doc', period: 'words', words: 'plain', make: tabs }),
  of('writer-tabs-pdf', { set: 'test', format: 'pdf', period: 'tiny', words: 'formal', make: tabs }),
  of('writer-grid-rtf', {
    set: 'dev',
    format: 'rtf',
    period: 'since',
    words: 'african',
    omits: ['summary'],
    make: grid
  }),
  of('writer-grid-doc', {
    set: 'test',
    format: 'doc',
    period: 'dashed',
    words: 'swiss',
    omits: ['summary'],
    make: grid
  }),
  of('writer-hanging-docx', {
    set: 'test',
    format: 'docx',
    period: 'capital',
    words: 'quebec',
    make: hanging
  }),
  of('writer-hanging-pdf', { set: 'dev', format: 'pdf', period: 'digits', words: 'stages', make: hanging })
]
