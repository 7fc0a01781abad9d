import type { Person } from './persons.ts'

const months = 'janvier février mars avril mai juin juillet août septembre octobre novembre décembre'.split(
  ' '
)
const short = 'janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.'.split(' ')

/** How a layout writes a period. */
export const periods = {
  words: (start: string, end: string) =>
    `${word(start, months)} – ${end === '…' ? 'aujourd’hui' : word(end, months)}`,
  prose: (start: string, end: string) =>
    end === '…' ? `Depuis ${word(start, months)}` : `De ${word(start, months)} à ${word(end, months)}`,
  short: (start: string, end: string) =>
    `${word(start, short)} - ${end === '…' ? 'présent' : word(end, short)}`,
  digits: (start: string, end: string) => `${digits(start)} - ${end === '…' ? 'ce jour' : digits(end)}`,
  years: (start: string, end: string) =>
    `${start.slice(0, 4)} – ${end === '…' ? 'en cours' : end.slice(0, 4)}`
}
export type Period = keyof typeof periods

const word = (date: string, names: readonly string[]) =>
  date.length > 4 ? `${names[Number(date.slice(5)) - 1]} ${date.slice(0, 4)}` : date
const digits = (date: string) => (date.length > 4 ? `${date.slice(5)}/${date.slice(0, 4)}` : date)

/** How a CV is laid out in HTML. */
export interface Layout {
  readonly name: string
  readonly period: Period
  readonly html: (person: Person, period: (start: string, end: string) => string) => string
}

const esc = (text: string | undefined) => (text ?? '').replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const list = (points: readonly string[]) =>
  `<ul>${points.map((point) => `<li>${esc(point)}</li>`).join('')}</ul>`
const page = (style: string, body: string) =>
  `<!doctype html><html lang="fr"><meta charset="utf-8"><style>@page{size:A4;margin:14mm}body{font:10.5pt "Liberation Sans",sans-serif;margin:0}h1{font-size:22pt;margin:0}h2{font-size:13pt;margin:10pt 0 4pt}h3{font-size:11pt;margin:6pt 0 0}p{margin:2pt 0}ul{margin:2pt 0 4pt 14pt;padding:0}${style}</style><body>${body}</body></html>`

export const layouts: readonly Layout[] = [
  {
    name: 'simple',
    period: 'words',
    html: (p, period) =>
      page(
        '.d{float:right;color:#555}',
        `<h1>${esc(p.fields['name'])}</h1><p><b>${esc(p.fields['title'])}</b></p><p>${esc(p.fields['home'])} | ${p.fields['phone']} | ${p.fields['email']}</p>${p.fields['noise'] ? `<p>${esc(p.fields['noise'])}</p>` : ''}${p.fields['summary'] ? `<h2>Profil</h2><p>${esc(p.fields['summary'])}</p>` : ''}<h2>Expérience professionnelle</h2>${p.experience.map((x) => `<h3>${esc(x.title)} <span class="d">${period(x.start, x.end)}</span></h3><p><i>${esc(x.company)}, ${esc(x.place)}</i></p>${list(x.points)}`).join('')}<h2>Formation</h2>${p.education.map((x) => `<p><b>${esc(x.degree)}</b> <span class="d">${period(x.start, x.end)}</span><br>${esc(x.school)}</p>`).join('')}<h2>Compétences</h2><p>${esc(p.fields['skills'])}</p><h2>Langues</h2><p>${p.languages.map((x) => `${esc(x.language)} : ${esc(x.level)}`).join('<br>')}</p><h2>Centres d’intérêt</h2><p>${esc(p.fields['interests'])}</p>`
      )
  },
  {
    name: 'rail-dates',
    period: 'digits',
    html: (p, period) =>
      page(
        'table{width:100%;border-collapse:collapse}td{vertical-align:top;padding:2pt 0}td:first-child{width:34mm;color:#345;padding-right:6pt}h2{border-bottom:1px solid #345;color:#345;text-transform:uppercase}',
        `<h1>${esc(p.fields['name'])}</h1><p>${esc(p.fields['title'])}</p><p>${esc(p.fields['home'])}<br>Tél. : ${p.fields['phone']}<br>Courriel : ${p.fields['email']}</p><h2>Expériences</h2><table>${p.experience.map((x) => `<tr><td>${period(x.start, x.end)}</td><td><b>${esc(x.title)}</b> – ${esc(x.company)} (${esc(x.place)})${list(x.points)}</td></tr>`).join('')}</table><h2>Diplômes et formations</h2><table>${p.education.map((x) => `<tr><td>${period(x.start, x.end)}</td><td><b>${esc(x.degree)}</b>, ${esc(x.school)}</td></tr>`).join('')}</table><h2>Compétences</h2><ul>${(
          p.fields['skills'] ?? ''
        )
          .split(', ')
          .map((s) => `<li>${esc(s)}</li>`)
          .join(
            ''
          )}</ul><h2>Langues</h2><ul>${p.languages.map((x) => `<li>${esc(x.language)} (${esc(x.level)})</li>`).join('')}</ul>${p.fields['summary'] ? `<h2>À propos</h2><p>${esc(p.fields['summary'])}</p>` : ''}`
      )
  },
  {
    name: 'sidebar',
    period: 'short',
    html: (p, period) =>
      page(
        '@page{margin:0}.s{position:absolute;left:0;top:0;width:62mm;min-height:297mm;background:#223a5e;color:#fff;padding:10mm 6mm;box-sizing:border-box}.m{margin-left:68mm;padding:10mm 8mm}.s h2{font-size:11pt;text-transform:uppercase}',
        `<div class="s"><h2>Contact</h2><p>${p.fields['email']}</p><p>${p.fields['phone']}</p><p>${esc(p.fields['home'])}</p><h2>Compétences</h2>${(
          p.fields['skills'] ?? ''
        )
          .split(', ')
          .map((s) => `<p>${esc(s)}</p>`)
          .join(
            ''
          )}<h2>Langues</h2>${p.languages.map((x) => `<p>${esc(x.language)} – ${esc(x.level)}</p>`).join('')}<h2>Loisirs</h2><p>${esc(p.fields['interests'])}</p></div><div class="m"><h1>${esc(p.fields['name'])}</h1><p>${esc(p.fields['title'])}</p>${p.fields['summary'] ? `<h2>PROFIL</h2><p>${esc(p.fields['summary'])}</p>` : ''}<h2>EXPÉRIENCES PROFESSIONNELLES</h2>${p.experience.map((x) => `<h3>${esc(x.title)}</h3><p>${esc(x.company)} | ${esc(x.place)} | ${period(x.start, x.end)}</p>${list(x.points)}`).join('')}<h2>FORMATION</h2>${p.education.map((x) => `<h3>${esc(x.degree)}</h3><p>${esc(x.school)} | ${period(x.start, x.end)}</p>`).join('')}</div>`
      )
  },
  {
    name: 'europass',
    period: 'digits',
    html: (p, period) =>
      page(
        'table{width:100%}td{vertical-align:top;padding:1pt 4pt}td:first-child{width:50mm;text-align:right;border-right:1px solid #888;font-size:9.5pt}',
        `<table><tr><td><b>INFORMATIONS PERSONNELLES</b></td><td><h1>${esc(p.fields['name'])}</h1></td></tr><tr><td>Adresse</td><td>${esc(p.fields['home'])}</td></tr><tr><td>Téléphone</td><td>${p.fields['phone']}</td></tr><tr><td>E-mail</td><td>${p.fields['email']}</td></tr><tr><td><b>EXPÉRIENCE PROFESSIONNELLE</b></td><td></td></tr>${p.experience.map((x) => `<tr><td>${period(x.start, x.end)}</td><td><b>${esc(x.title)}</b><br>${esc(x.company)}, ${esc(x.place)}${list(x.points)}</td></tr>`).join('')}<tr><td><b>ÉDUCATION ET FORMATION</b></td><td></td></tr>${p.education.map((x) => `<tr><td>${period(x.start, x.end)}</td><td><b>${esc(x.degree)}</b><br>${esc(x.school)}</td></tr>`).join('')}<tr><td><b>LANGUES</b></td><td>${p.languages.map((x) => `${esc(x.language)} ${esc(x.level)}`).join(', ')}</td></tr><tr><td><b>COMPÉTENCES</b></td><td>${esc(p.fields['skills'])}</td></tr></table>`
      )
  },
  {
    name: 'etudes-first',
    period: 'prose',
    html: (p, period) =>
      page(
        'body{font-family:"DejaVu Serif",serif;font-size:10pt}h2{background:#eee;padding:2pt 4pt}h1{text-align:center;letter-spacing:4pt;text-transform:uppercase}.c{text-align:center}',
        `<h1>${esc(p.fields['name'])}</h1><p class="c">${esc(p.fields['home'])} – ${p.fields['phone']} – ${p.fields['email']}</p><p class="c"><b>${esc(p.fields['title'])}</b></p>${p.fields['summary'] ? `<p>${esc(p.fields['summary'])}</p>` : ''}<h2>Études</h2>${p.education.map((x) => `<p>${periods.years(x.start, x.end)} : ${esc(x.degree)} – ${esc(x.school)}</p>`).join('')}<h2>Parcours professionnel</h2>${p.experience.map((x) => `<p><b>${esc(x.company)}</b> – ${esc(x.place)}<br>${period(x.start, x.end)}<br><i>${esc(x.title)}</i></p>${list(x.points)}`).join('')}<h2>Savoir-faire</h2><p>${(p.fields['skills'] ?? '').split(', ').map(esc).join(' • ')}</p><h2>Langues étrangères</h2><p>${p.languages.map((x) => `${esc(x.language)} ${esc(x.level)}`).join(' ; ')}</p><h2>Loisirs</h2><p>${esc(p.fields['interests'])}</p>`
      )
  },
  {
    name: 'right-side',
    period: 'years',
    html: (p, period) =>
      page(
        '.w{display:grid;grid-template-columns:1fr 58mm;gap:8mm}.top{background:#0a5;color:#fff;padding:6mm}h2{color:#0a5}',
        `<div class="top"><h1>${esc(p.fields['name'])}</h1><p>${esc(p.fields['title'])}</p></div><div class="w"><div>${p.fields['summary'] ? `<h2>Présentation</h2><p>${esc(p.fields['summary'])}</p>` : ''}<h2>Expériences</h2>${p.experience.map((x) => `<p><b>${esc(x.company)}</b>, ${esc(x.place)} (${period(x.start, x.end)})<br>${esc(x.title)}</p>${list(x.points)}`).join('')}</div><div><h2>Coordonnées</h2><p>${p.fields['phone']}</p><p>${p.fields['email']}</p><p>${esc(p.fields['home'])}</p><h2>Formation</h2>${p.education.map((x) => `<p><b>${period(x.start, x.end)}</b><br>${esc(x.degree)}<br>${esc(x.school)}</p>`).join('')}<h2>Atouts</h2>${(
          p.fields['skills'] ?? ''
        )
          .split(', ')
          .map((s) => `<p>✓ ${esc(s)}</p>`)
          .join(
            ''
          )}<h2>Langues</h2>${p.languages.map((x) => `<p>${esc(x.language)}<br><small>${esc(x.level)}</small></p>`).join('')}</div></div>`
      )
  }
]
