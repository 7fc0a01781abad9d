import type { Cv, Layout } from '../cv.ts'
import { each, joined } from './html.ts'

const text = (value: string) => `#text(${JSON.stringify(value)})`
const part = (value: string, build: (value: string) => string) => (value === '' ? '' : build(text(value)))

/** A heading over a rule, dates at the right. */
const classic = (p: Cv) => {
  const section = (title: string, body: string) =>
    `\n== ${title}\n#line(length: 100%, stroke: 0.5pt)\n${body}\n`
  const row = (left: string, right: string) => `#grid(columns: (1fr, auto), [${left}], [${right}])\n`
  return `#set page(margin: 18mm)
#set text(lang: "fr", size: 10pt)
#align(center)[= ${text(p.name)}
${part(p.title, (t) => `${t} \\`)}
${joined([text(p.address), ...p.phones.map(text), text(p.email), part(p.links, (t) => t)], ' #sym.bullet ')}]
${part(p.summary, (t) => section(p.words.summary, t))}
${section(
  p.words.experience,
  each(
    p.experience,
    (x) =>
      `${row(`*${text(x.title)}*`, text(x.period))}${row(`_${text(joined([x.company, x.contract], ', '))}_`, text(x.place))}${each(x.points, (point) => `- ${text(point)}\n`)}\n`
  )
)}
${section(
  p.words.education,
  each(p.education, (x) => `${row(`*${text(x.degree)}*`, text(x.period))}${text(x.school)}\n\n`)
)}
${section(p.words.skills, text(p.skills.join(', ')))}
${
  p.languages.length === 0
    ? ''
    : section(
        p.words.languages,
        joined(
          p.languages.map((x) => text(`${x.language} (${x.level})`)),
          ', '
        )
      )
}
${part(p.certs, (t) => section(p.words.certs, t))}
${part(p.interests, (t) => section(p.words.interests, t))}`
}

/** A grey column at the right of the jobs. */
const side = (p: Cv) => `#set page(margin: 12mm)
#set text(lang: "fr", size: 9.5pt)
#show heading.where(level: 2): it => text(fill: rgb("#1a5fb4"), size: 12pt, upper(it.body))
#text(size: 22pt, weight: "bold")[${text(p.name)}] \\
${part(p.title, (t) => `#text(size: 12pt)[${t}]`)}
#v(4mm)
#grid(columns: (1fr, 58mm), gutter: 8mm,
[
${part(p.summary, (t) => `== ${p.words.summary}\n${t}\n`)}
== ${p.words.experience}
${each(
  p.experience,
  (x) => `*${text(x.company)}* ${part(x.place, (t) => `(${t})`)} #h(1fr) ${text(x.period)} \\
${text(joined([x.title, x.contract], ' – '))}
${each(x.points, (point) => `- ${text(point)}\n`)}\n`
)}
== ${p.words.education}
${each(p.education, (x) => `*${text(x.school)}* #h(1fr) ${text(x.period)} \\\n${text(x.degree)}\n\n`)}
],
block(fill: luma(240), inset: 4mm)[
== ${p.words.contact}
${each([p.address, ...p.phones, p.email, p.links], (value) => part(value, (t) => `${t} \\\n`))}
== ${p.words.skills}
${each(p.skills, (skill) => `- ${text(skill)}\n`)}
${p.languages.length === 0 ? '' : `== ${p.words.languages}\n${each(p.languages, (x) => `/ ${text(x.language)}: ${text(x.level)}\n`)}`}
${part(p.certs, (t) => `== ${p.words.certs}\n${t}\n`)}
${part(p.interests, (t) => `== ${p.words.interests}\n${t}\n`)}
${part(p.noise, (t) => `#v(3mm)\n_${t}_`)}
])`

const of = (name: string, layout: Omit<Layout, 'name' | 'producer' | 'format'>): Layout => ({
  ...layout,
  name,
  producer: 'typst',
  format: 'pdf'
})

export const typstLayouts: readonly Layout[] = [
  of('typst-rules', { set: 'dev', period: 'short', words: 'modern', make: classic }),
  of('typst-side', { set: 'test', period: 'digits', words: 'short', make: side })
]
