import type { Cv, Layout } from '../cv.ts'
import { zipOf } from '../../zip-of.ts'
import { each, html, joined } from './html.ts'

/** The first text layout of all. */
const plain = (p: Cv) =>
  [
    p.name.toUpperCase(),
    p.title,
    '',
    p.home,
    `Tel : ${p.phones[0]}`,
    `Mail : ${p.email}`,
    p.noise,
    '',
    ...(p.summary === '' ? [] : ['PROFIL', p.summary, '']),
    'EXPERIENCES PROFESSIONNELLES',
    '',
    ...p.experience.flatMap((x) => [
      `${x.period} : ${x.title}`,
      `${x.company} (${x.place})`,
      ...x.points.map((point) => `- ${point}`),
      ''
    ]),
    'FORMATION',
    '',
    ...p.education.map((x) => `${x.period} : ${x.degree}, ${x.school}`),
    '',
    'COMPETENCES',
    ...p.skills.map((skill) => `- ${skill}`),
    '',
    'LANGUES',
    ...p.languages.map((x) => `${x.language} : ${x.level}`),
    '',
    'LOISIRS',
    p.interests
  ].join('\n')

const bare = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '')

/** All in capitals without an accent, typed on an old machine. */
const shouted = (p: Cv) =>
  bare(
    [
      joined([p.name, p.address, ...p.phones.map((phone) => `TEL ${phone}`)], '\n'),
      '',
      ...(p.title === '' ? [] : [p.title, '']),
      p.words.education,
      ...p.education.map((x) => `${x.period.padEnd(22)}${x.degree} - ${x.school}`),
      '',
      p.words.experience,
      ...p.experience.flatMap((x) => [
        `${x.period.padEnd(22)}${joined([x.title, x.company, x.place], ' - ')}`,
        ...x.points.map((point) => `                      ${point}`)
      ]),
      '',
      p.words.skills,
      p.skills.join(', '),
      '',
      ...(p.languages.length === 0
        ? []
        : [p.words.languages, p.languages.map((x) => `${x.language} ${x.level}`).join(', '), '']),
      ...(p.interests === '' ? [] : [p.words.interests, p.interests])
    ].join('\r\n')
  ).toUpperCase() + `\r\n${p.email}\r\n`

/** Typed into a mail: underlined headings, jobs as sentences of their own. */
const mailed = (p: Cv) => {
  const under = (title: string) => ['', title, '-'.repeat(title.length)]
  return Buffer.from(
    [
      p.name,
      ...(p.title === '' ? [] : [p.title]),
      `Adresse : ${p.address}`,
      `Mobile : ${p.phones.join(' ou ')}`,
      `Courriel : ${p.email}`,
      ...(p.summary === '' ? [] : [...under(p.words.summary), p.summary]),
      ...under(p.words.experience),
      ...p.experience.flatMap((x) => [
        '',
        joined([x.title, x.contract], ', '),
        joined([x.company, x.place], ' / '),
        x.period,
        ...x.points.map((point) => `  * ${point}`)
      ]),
      ...under(p.words.education),
      ...p.education.flatMap((x) => ['', x.degree, x.school, x.period]),
      ...under(p.words.skills),
      ...p.skills.map((skill) => `  * ${skill}`),
      ...(p.languages.length === 0 ? [] : under(p.words.languages)),
      ...p.languages.map((x) => `  * ${x.language} - ${x.level}`),
      ...(p.interests === '' ? [] : [...under(p.words.interests), p.interests])
    ]
      .join('\r\n')
      .replaceAll('→', '-'),
    'latin1'
  )
}

const rtf = (text: string) =>
  text
    .replace(/[\\{}]/g, (sign) => `\\${sign}`)
    .replace(/[\u0080-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0)}?`)

/** RTF as an old word processor writes it: bold headings, dates before a tab. */
const rich = (p: Cv) => {
  const par = (text: string, codes = '') =>
    text === ''
      ? ''
      : `\\pard\\tx2600\\li2600\\fi-2600${codes} ${rtf(text).replaceAll('\t', '\\tab ')}\\par\n`
  const head = (title: string) => `\\pard\\sb160{\\b\\fs26 ${rtf(title)}}\\par\n`
  const flush = (text: string) => (text === '' ? '' : `\\pard ${rtf(text)}\\par\n`)
  const optional = (title: string, text: string) => (text === '' ? '' : head(title) + flush(text))
  return `{\\rtf1\\ansi\\ansicpg1252\\deff0{\\fonttbl{\\f0 Times New Roman;}}\\f0\\fs22
\\pard\\qc{\\b\\fs36 ${rtf(p.name)}}\\par
\\pard\\qc ${rtf(p.address)}\\par
\\pard\\qc ${rtf(joined([...p.phones, p.email], '   '))}\\par
${flush(p.noise)}${p.title === '' ? '' : `\\pard\\qc{\\b ${rtf(p.title)}}\\par\n`}${optional(p.words.summary, p.summary)}${head(p.words.experience)}${each(p.experience, (x) => par(`${x.period}\t${joined([x.company, x.place], ' (')}${x.place === '' ? '' : ')'}`) + par(`\t${joined([x.title, x.contract], ' - ')}`, '\\b') + each(x.points, (point) => par(`\t· ${point}`, '\\b0')))}${head(p.words.education)}${each(p.education, (x) => par(`${x.period}\t${x.degree}, ${x.school}`, '\\b0'))}${optional(p.words.languages, p.languages.map((x) => `${x.language} : ${x.level}`).join(', '))}${optional(p.words.skills, p.skills.join('. '))}${optional(p.words.certs, p.certs)}${optional(p.words.interests, p.interests)}}`
}

/** What a DOCX holds beside its text. */
const parcel = {
  '[Content_Types].xml':
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
  '_rels/.rels':
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>'
}

const word = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main'
const run = (text: string, look = '') =>
  `<w:r><w:rPr>${look}</w:rPr><w:t xml:space="preserve">${html(text)}</w:t></w:r>`
const wpar = (runs: string, look = '') => `<w:p><w:pPr>${look}</w:pPr>${runs}</w:p>`

/** WordprocessingML by hand: the name and contact data in a text box, headings that are bold only. */
const boxed = (p: Cv) => {
  const bold = '<w:b/>'
  const text = (value: string, look = '') => (value === '' ? '' : wpar(run(value, look)))
  const head = (title: string) => wpar(run(title.toUpperCase(), '<w:b/><w:color w:val="1F4E79"/>'))
  const optional = (title: string, value: string) => (value === '' ? '' : head(title) + text(value))
  const box = `<w:p><w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:textbox><w:txbxContent>${text(p.name, '<w:b/><w:sz w:val="40"/>')}${text(p.title)}${each([p.address, ...p.phones, p.email], (value) => text(value))}</w:txbxContent></v:textbox></v:shape></w:pict></w:r></w:p>`
  const body = `${box}${text(p.noise)}${optional(p.words.summary, p.summary)}${head(p.words.experience)}${each(p.experience, (x) => wpar(run(x.period, '<w:i/>') + run(` ${joined([x.company, x.place], ' - ')}`, bold)) + text(joined([x.title, x.contract], ' ; ')) + each(x.points, (point) => text(`- ${point}`)))}${head(p.words.education)}${each(p.education, (x) => wpar(run(x.period, '<w:i/>') + run(` ${x.degree}`, bold) + run(` - ${x.school}`)))}${head(p.words.skills)}${each(p.skills, (skill) => text(`- ${skill}`))}${p.languages.length === 0 ? '' : head(p.words.languages)}${each(p.languages, (x) => text(`${x.language} : ${x.level}`))}${optional(p.words.certs, p.certs)}${optional(p.words.interests, p.interests)}`
  const document = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="${word}"><w:body>${body}</w:body></w:document>`
  return zipOf(
    Object.entries({ ...parcel, 'word/document.xml': document }).map(([name, text]) => ({
      name,
      content: Buffer.from(text)
    }))
  )
}

const of = (name: string, layout: Omit<Layout, 'name' | 'producer'>): Layout => ({
  ...layout,
  name,
  producer: 'hand'
})

export const handLayouts: readonly Layout[] = [
  of('plain', { set: 'dev', format: 'txt', period: 'short', words: 'plain', make: plain }),
  of('shouted', {
    set: 'dev',
    format: 'txt',
    period: 'since',
    words: 'capitals',
    omits: ['summary', 'noise', 'contract'],
    make: shouted
  }),
  of('mailed', {
    set: 'test',
    format: 'txt',
    period: 'prose',
    words: 'stages',
    omits: ['noise'],
    make: mailed
  }),
  of('rich-tabs', { set: 'test', format: 'rtf', period: 'digits', words: 'capitals', make: rich }),
  of('boxed', { set: 'dev', format: 'docx', period: 'short', words: 'african', make: boxed })
]
