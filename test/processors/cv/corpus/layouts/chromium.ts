import type { Cv, Layout } from '../cv.ts'
import { each, html, joined, when } from './html.ts'

const page = (style: string, body: string) =>
  `<!doctype html><html lang="fr"><meta charset="utf-8"><style>@page{size:A4;margin:0}*{box-sizing:border-box}body{margin:0;font:10pt "DejaVu Sans",sans-serif;color:#222}ul{margin:2pt 0;padding-left:12pt}h1,h2,h3,p{margin:0}${style}</style><body>${body}</body></html>`

const points = ({ points: all }: { points: readonly string[] }) =>
  all.length === 0 ? '' : `<ul>${each(all, (point) => `<li>${html(point)}</li>`)}</ul>`

const photo = '<svg width="90" height="90"><circle cx="45" cy="45" r="44" fill="#bbb"/></svg>'

/** A dark side with a photo and bars, as drawing sites make them. */
const darkSide = (p: Cv) =>
  page(
    '.s{position:fixed;left:0;top:0;bottom:0;width:68mm;background:#2d2a32;color:#eee;padding:9mm 6mm}.m{margin-left:68mm;padding:9mm 8mm}h1{font-size:25pt;font-weight:300}h2{font-size:12pt;margin:9pt 0 4pt;color:#b5563c}.s h2{color:#fff;border-bottom:1px solid #777}.bar{height:3pt;background:#777;margin:1pt 0 4pt}.w{display:flex;justify-content:space-between}.w b{font-size:10.5pt}.k{font-size:8.5pt;color:#777}p{margin:1pt 0}',
    `<div class="s">${photo}<h2>${p.words.contact}</h2>${each([...p.phones, p.email, p.address, p.links], (text) => when(text, (t) => `<p>◉ ${t}</p>`))}<h2>${p.words.skills}</h2>${each(p.skills, (skill) => `<p>${html(skill)}</p><div class="bar"></div>`)}${p.languages.length === 0 ? '' : `<h2>${p.words.languages}</h2>${each(p.languages, (x) => `<p>${html(x.language)} — ${html(x.level)}</p>`)}`}${when(p.certs, (t) => `<h2>${p.words.certs}</h2><p>${t.replaceAll(', ', '<br>')}</p>`)}</div><div class="m"><h1>${html(p.name)}</h1>${when(p.title, (t) => `<p style="font-size:13pt;color:#b5563c">${t}</p>`)}${when(p.noise, (t) => `<p class="k">${t}</p>`)}${when(p.summary, (t) => `<h2>${p.words.summary}</h2><p>${t}</p>`)}<h2>${p.words.experience}</h2>${each(p.experience, (x) => `<div class="w"><b>${html(x.title)}</b><span class="k">${x.period}</span></div><p>${html(joined([x.company, x.place], ' – '))}${when(x.contract, (t) => ` <span class="k">(${t})</span>`)}</p>${points(x)}`)}<h2>${p.words.education}</h2>${each(p.education, (x) => `<div class="w"><b>${html(x.degree)}</b><span class="k">${x.period}</span></div><p>${html(x.school)}</p>`)}${when(p.volunteer, (t) => `<h2>${p.words.volunteer}</h2><p>${t}</p>`)}${when(p.interests, (t) => `<h2>${p.words.interests}</h2><p>${t}</p>`)}</div>`
  )

/** Dates on a line with dots between company and tasks. */
const timeline = (p: Cv) =>
  page(
    'body{padding:12mm 14mm;font-family:"Liberation Serif",serif;font-size:10.5pt}h1{font-size:21pt;color:#136}h2{font-size:12pt;text-transform:uppercase;letter-spacing:2pt;color:#136;margin:10pt 0 4pt}.r{display:grid;grid-template-columns:42mm 6mm 1fr;margin-bottom:5pt}.d{color:#136;text-align:right}.o{text-align:center;color:#999}.c{display:flex;gap:8mm;flex-wrap:wrap}',
    `<h1>${html(p.name)}</h1>${when(p.title, (t) => `<p><i>${t}</i></p>`)}<div class="c">${each([p.address, ...p.phones, p.email, p.links], (text) => when(text, (t) => `<span>${t}</span>`))}</div>${when(p.noise, (t) => `<p>${t}</p>`)}${when(p.summary, (t) => `<h2>${p.words.summary}</h2><p>${t}</p>`)}<h2>${p.words.education}</h2>${each(p.education, (x) => `<div class="r"><div class="d">${x.period}</div><div class="o">●</div><div><b>${html(x.degree)}</b><br>${html(x.school)}</div></div>`)}<h2>${p.words.experience}</h2>${each(p.experience, (x) => `<div class="r"><div class="d">${x.period}<br><small>${html(x.place)}</small></div><div class="o">●</div><div><b>${html(x.company)}</b><br><i>${html(joined([x.title, x.contract], ', '))}</i>${points(x)}</div></div>`)}<h2>${p.words.skills}</h2><ul style="columns:2">${each(p.skills, (skill) => `<li>${html(skill)}</li>`)}</ul>${
      p.languages.length === 0
        ? ''
        : `<h2>${p.words.languages}</h2><p>${joined(
            p.languages.map((x) => `${html(x.language)} : ${html(x.level)}`),
            ' &nbsp;/&nbsp; '
          )}</p>`
    }${when(p.certs, (t) => `<h2>${p.words.certs}</h2><p>${t}</p>`)}${when(p.interests, (t) => `<h2>${p.words.interests}</h2><p>${t}</p>`)}${when(p.referee, (t) => `<h2>${p.words.referee}</h2><p>${t}</p>`)}`
  )

/** Two columns of like width, jobs left, all else right. */
const halves = (p: Cv) =>
  page(
    'body{padding:10mm 12mm;font-family:"Liberation Sans",sans-serif;font-size:9.5pt}.t{text-align:center;border-bottom:2px solid #a33;padding-bottom:5mm}h1{font-size:24pt;letter-spacing:1pt}.g{display:flex;gap:10mm;margin-top:5mm}.g>div{flex:1}h2{font-size:11pt;letter-spacing:3pt;text-transform:uppercase;color:#a33;margin:8pt 0 3pt}.e{margin-bottom:6pt}',
    `<div class="t"><h1>${html(p.name.toUpperCase())}</h1>${when(p.title, (t) => `<p>${t}</p>`)}<p>${joined([html(p.address), ...p.phones, p.email, p.links], ' ∙ ')}</p></div><div class="g"><div>${when(p.summary, (t) => `<h2>${p.words.summary}</h2><p>${t}</p>`)}<h2>${p.words.experience}</h2>${each(p.experience, (x) => `<div class="e"><b>${html(x.title)}</b>${when(x.contract, (t) => ` — ${t}`)}<br>${html(joined([x.company, x.place], ', '))}<br><small>${x.period}</small>${points(x)}</div>`)}</div><div><h2>${p.words.education}</h2>${each(p.education, (x) => `<div class="e"><b>${html(x.degree)}</b><br>${html(x.school)}<br><small>${x.period}</small></div>`)}<h2>${p.words.skills}</h2><p>${joined(p.skills.map(html), ' · ')}</p>${p.languages.length === 0 ? '' : `<h2>${p.words.languages}</h2>${each(p.languages, (x) => `<p><b>${html(x.language)}</b> ${html(x.level)}</p>`)}`}${when(p.certs, (t) => `<h2>${p.words.certs}</h2><p>${t}</p>`)}${when(p.volunteer, (t) => `<h2>${p.words.volunteer}</h2><p>${t}</p>`)}${when(p.interests, (t) => `<h2>${p.words.interests}</h2><p>${t}</p>`)}${when(p.noise, (t) => `<p style="margin-top:8pt"><i>${t}</i></p>`)}</div></div>`
  )

/** One line a job, period first, all of it in running text. */
const oneLiners = (p: Cv) =>
  page(
    'body{padding:15mm 18mm;font-family:"DejaVu Serif",serif;font-size:9.5pt}h1{font-size:15pt;font-weight:normal}h2{font-size:10.5pt;text-decoration:underline;margin:9pt 0 3pt}p{margin:2pt 0}',
    `<h1>${html(p.name)}</h1><p>${html(p.address)}<br>${joined([...p.phones], ' ou ')}<br>${p.email}</p>${when(p.noise, (t) => `<p>${t}</p>`)}${when(p.title, (t) => `<p style="text-align:center;margin-top:8pt"><b>${t}</b></p>`)}<h2>${p.words.experience}</h2>${each(p.experience, (x) => `<p>${x.period} : <b>${html(joined([x.title, x.contract], ' '))}</b>, ${html(joined([x.company, x.place], ', '))}</p>${each(x.points, (point) => `<p style="padding-left:8mm">- ${html(point)}</p>`)}`)}<h2>${p.words.education}</h2>${each(p.education, (x) => `<p>${x.period} : ${html(joined([x.degree, x.school], ', '))}</p>`)}<h2>${p.words.skills}</h2>${each(p.skills, (skill) => `<p>- ${html(skill)}</p>`)}${p.languages.length === 0 ? '' : `<h2>${p.words.languages}</h2>${each(p.languages, (x) => `<p>- ${html(x.language)} (${html(x.level)})</p>`)}`}${when(p.certs, (t) => `<h2>${p.words.certs}</h2><p>${t}</p>`)}${when(p.interests, (t) => `<h2>${p.words.interests}</h2><p>${t}</p>`)}`
  )

/** A band of contact data over the page, cards below. */
const band = (p: Cv) =>
  page(
    '.h{background:#0b6e6e;color:#fff;padding:8mm 14mm}.h h1{font-size:22pt}.b{display:grid;grid-template-columns:1fr 1fr 1fr;background:#e7f1f1;padding:4mm 14mm;font-size:9pt}.m{padding:4mm 14mm}h2{color:#0b6e6e;font-size:12.5pt;margin:8pt 0 3pt}.j{border-left:2px solid #0b6e6e;padding-left:4mm;margin-bottom:5pt}.x{color:#666;font-size:9pt}.tag{display:inline-block;border:1px solid #0b6e6e;border-radius:6pt;padding:1pt 5pt;margin:1.5pt}',
    `<div class="h"><h1>${html(p.name)}</h1>${when(p.title, (t) => `<p>${t}</p>`)}</div><div class="b"><div>${p.phones.join('<br>')}</div><div>${p.email}</div><div>${html(p.address)}</div></div><div class="m">${when(p.summary, (t) => `<h2>${p.words.summary}</h2><p>${t}</p>`)}<h2>${p.words.skills}</h2><div>${each(p.skills, (skill) => `<span class="tag">${html(skill)}</span> `)}</div><h2>${p.words.experience}</h2>${each(p.experience, (x) => `<div class="j"><b>${html(x.title)}</b> chez <b>${html(x.company)}</b><p class="x">${joined([x.period, html(x.place), html(x.contract)], ' | ')}</p>${points(x)}</div>`)}<h2>${p.words.education}</h2>${each(p.education, (x) => `<div class="j"><b>${html(x.degree)}</b><p>${html(x.school)} <span class="x">| ${x.period}</span></p></div>`)}${
      p.languages.length === 0
        ? ''
        : `<h2>${p.words.languages}</h2><p>${joined(
            p.languages.map((x) => `${html(x.language)} (${html(x.level)})`),
            ', '
          )}</p>`
    }${when(p.certs, (t) => `<h2>${p.words.certs}</h2><p>${t}</p>`)}${when(p.interests, (t) => `<h2>${p.words.interests}</h2><p>${t}</p>`)}</div>`
  )

/** No heading at all: the form alone tells what is what. */
const headless = (p: Cv) =>
  page(
    'body{padding:14mm 16mm;font-family:"Liberation Sans",sans-serif}h1{font-size:20pt}hr{border:0;border-top:1px solid #999;margin:7pt 0}.e{margin:4pt 0}',
    `<h1>${html(p.name)}</h1>${when(p.title, (t) => `<p>${t}</p>`)}<p>${joined([html(p.address), ...p.phones, p.email], ' | ')}</p><hr>${when(p.summary, (t) => `<p>${t}</p><hr>`)}${each(p.experience, (x) => `<div class="e"><b>${html(x.title)}</b>, ${html(joined([x.company, x.place], ', '))} <i>${x.period}</i>${points(x)}</div>`)}<hr>${each(p.education, (x) => `<div class="e"><b>${html(x.degree)}</b>, ${html(x.school)} <i>${x.period}</i></div>`)}<hr>${
      p.languages.length === 0
        ? ''
        : `<p>Langues : ${joined(
            p.languages.map((x) => `${html(x.language)} (${html(x.level)})`),
            ', '
          )}</p>`
    }<p>Compétences : ${html(p.skills.join(', '))}</p>`
  )

const of = (name: string, layout: Omit<Layout, 'name' | 'producer' | 'format'>): Layout => ({
  ...layout,
  name,
  producer: 'chromium',
  format: 'pdf'
})

export const chromiumLayouts: readonly Layout[] = [
  of('dark-side', { set: 'dev', period: 'tiny', words: 'mine', make: darkSide }),
  of('timeline', { set: 'test', period: 'capital', words: 'stages', make: timeline }),
  of('halves', { set: 'test', period: 'short', words: 'modern', make: halves }),
  of('one-liners', { set: 'dev', period: 'since', words: 'formal', omits: ['summary'], make: oneLiners }),
  of('band', { set: 'test', period: 'words', words: 'mine', omits: ['noise'], make: band }),
  of('headless', { set: 'dev', period: 'bracket', words: 'plain', omits: ['noise'], make: headless })
]
