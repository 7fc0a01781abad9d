import type { Cv, Layout } from '../cv.ts'
import { each, joined } from './html.ts'

const special: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '→': '$\\rightarrow$',
  '•': '\\textbullet{}',
  '’': "'",
  '…': '\\dots{}',
  '°': '\\textdegree{}',
  '€': '\\texteuro{}'
}
const tex = (value: string) =>
  value
    .replace(/[&%$#_{}]/g, (sign) => `\\${sign}`)
    .replace(/[\\~^](?![&%$#_{}])|[→•’…°€]/gu, (sign) => special[sign] ?? sign)
const part = (value: string, build: (value: string) => string) => (value === '' ? '' : build(tex(value)))
const items = (points: readonly string[]) =>
  points.length === 0
    ? ''
    : `\\begin{itemize}${each(points, (point) => `\\item ${tex(point)}`)}\\end{itemize}`

/** The class currvita: periods as labels of a list. */
const lists = (p: Cv) => {
  const list = (title: string, body: string) => `\\begin{cvlist}{${tex(title)}}\n${body}\\end{cvlist}\n`
  const optional = (title: string, value: string) => part(value, (t) => list(title, `\\item ${t}\n`))
  return `\\documentclass[11pt,a4paper]{article}
\\usepackage[utf8]{inputenc}\\usepackage[T1]{fontenc}\\usepackage{lmodern,textcomp,enumitem}\\usepackage[french]{babel}\\usepackage[margin=2.2cm]{geometry}\\usepackage[LabelsAligned]{currvita}
\\pagestyle{empty}
\\begin{document}\\begin{cv}{${tex(p.name)}}
${part(p.title, (t) => `{\\large ${t}}\\\\[1mm]`)}
${joined([tex(p.address), ...p.phones.map(tex), tex(p.email), part(p.links, (t) => t)], '\\\\\n')}
${part(p.noise, (t) => `\\\\${t}`)}
${optional(p.words.summary, p.summary)}
${list(
  p.words.experience,
  each(
    p.experience,
    (x) =>
      `\\item[${tex(x.period)}] \\textbf{${tex(x.title)}}${part(x.contract, (t) => ` (${t})`)}, ${tex(joined([x.company, x.place], ', '))}. ${tex(x.points.join('. '))}\n`
  )
)}
${list(
  p.words.education,
  each(p.education, (x) => `\\item[${tex(x.period)}] ${tex(x.degree)}, \\emph{${tex(x.school)}}\n`)
)}
${list(
  p.words.skills,
  each(p.skills, (skill) => `\\item ${tex(skill)}\n`)
)}
${
  p.languages.length === 0
    ? ''
    : list(
        p.words.languages,
        each(p.languages, (x) => `\\item[${tex(x.language)}] ${tex(x.level)}\n`)
      )
}
${optional(p.words.certs, p.certs)}${optional(p.words.interests, p.interests)}
\\end{cv}\\end{document}`
}

/** What somebody makes who knows LaTeX from a thesis: sections, tabulars, small capitals. */
const thesis = (p: Cv) => `\\documentclass[10pt,a4paper]{article}
\\usepackage[utf8]{inputenc}\\usepackage[T1]{fontenc}\\usepackage{lmodern,tabularx,enumitem,textcomp}\\usepackage[french]{babel}\\usepackage[margin=2.2cm]{geometry}
\\pagestyle{empty}\\setlength{\\parindent}{0pt}\\setlist{nosep,leftmargin=*}
\\begin{document}
\\begin{center}{\\LARGE\\textsc{${tex(p.name)}}}\\\\[2mm]
${part(p.title, (t) => `\\textit{${t}}\\\\`)}
${tex(p.address)}\\\\ ${joined([...p.phones.map(tex), `\\texttt{${tex(p.email)}}`, part(p.links, (t) => t)], ' --- ')}
${part(p.noise, (t) => `\\\\ {\\small ${t}}`)}\\end{center}
${part(p.summary, (t) => `\\section*{${p.words.summary}}${t}`)}
\\section*{${p.words.education}}
\\begin{tabularx}{\\textwidth}{@{}lX@{}}
${each(p.education, (x) => `${tex(x.period)} & \\textbf{${tex(x.degree)}}\\newline ${tex(x.school)}\\\\[1mm]\n`)}\\end{tabularx}
\\section*{${p.words.experience}}
${each(p.experience, (x) => `\\textbf{${tex(x.company)}}${part(x.place, (t) => `, ${t}`)}\\hfill ${tex(x.period)}\\\\\\textit{${tex(joined([x.title, x.contract], ' -- '))}}${x.points.length === 0 ? '\\par' : items(x.points)}\\medskip\n\n`)}
\\section*{${p.words.skills}}
${tex(p.skills.join(' ; '))}
${p.languages.length === 0 ? '' : `\\section*{${p.words.languages}}\\begin{tabular}{@{}ll@{}}${each(p.languages, (x) => `${tex(x.language)} & ${tex(x.level)}\\\\\n`)}\\end{tabular}`}
${part(p.certs, (t) => `\\section*{${p.words.certs}}${t}`)}
${part(p.interests, (t) => `\\section*{${p.words.interests}}${t}`)}
${part(p.referee, (t) => `\\section*{${p.words.referee}}${t}`)}
\\end{document}`

const of = (name: string, layout: Omit<Layout, 'name' | 'producer' | 'format'>): Layout => ({
  ...layout,
  name,
  producer: 'latex',
  format: 'pdf'
})

export const latexLayouts: readonly Layout[] = [
  of('currvita', { set: 'dev', period: 'dashed', words: 'formal', make: lists }),
  of('thesis', { set: 'test', period: 'short', words: 'african', make: thesis })
]
