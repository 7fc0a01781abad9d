import type { Layout } from '../cv.ts'
import { html } from './html.ts'

const list = (points: readonly string[]) =>
  `<ul>${points.map((point) => `<li>${html(point)}</li>`).join('')}</ul>`
const page = (style: string, body: string) =>
  `<!doctype html><html lang="fr"><meta charset="utf-8"><style>@page{size:A4;margin:14mm}body{font:10.5pt "Liberation Sans",sans-serif;margin:0}h1{font-size:22pt;margin:0}h2{font-size:13pt;margin:10pt 0 4pt}h3{font-size:11pt;margin:6pt 0 0}p{margin:2pt 0}ul{margin:2pt 0 4pt 14pt;padding:0}${style}</style><body>${body}</body></html>`

export const firstLayouts: readonly Layout[] = [
  {
    name: 'simple',
    set: 'dev',
    producer: 'chromium',
    format: 'pdf',
    words: 'plain',
    period: 'words',
    make: (p) =>
      page(
        '.d{float:right;color:#555}',
        `<h1>${html(p.name)}</h1><p><b>${html(p.title)}</b></p><p>${html(p.home)} | ${p.phones[0]} | ${p.email}</p>${p.noise ? `<p>${html(p.noise)}</p>` : ''}${p.summary ? `<h2>Profil</h2><p>${html(p.summary)}</p>` : ''}<h2>Expérience professionnelle</h2>${p.experience.map((x) => `<h3>${html(x.title)} <span class="d">${x.period}</span></h3><p><i>${html(x.company)}, ${html(x.place)}</i></p>${list(x.points)}`).join('')}<h2>Formation</h2>${p.education.map((x) => `<p><b>${html(x.degree)}</b> <span class="d">${x.period}</span><br>${html(x.school)}</p>`).join('')}<h2>Compétences</h2><p>${html(p.skills.join(', '))}</p><h2>Langues</h2><p>${p.languages.map((x) => `${html(x.language)} : ${html(x.level)}`).join('<br>')}</p><h2>Centres d’intérêt</h2><p>${html(p.interests)}</p>`
      )
  },
  {
    name: 'rail-dates',
    set: 'dev',
    producer: 'chromium',
    format: 'pdf',
    words: 'plain',
    period: 'digits',
    make: (p) =>
      page(
        'table{width:100%;border-collapse:collapse}td{vertical-align:top;padding:2pt 0}td:first-child{width:34mm;color:#345;padding-right:6pt}h2{border-bottom:1px solid #345;color:#345;text-transform:uppercase}',
        `<h1>${html(p.name)}</h1><p>${html(p.title)}</p><p>${html(p.home)}<br>Tél. : ${p.phones[0]}<br>Courriel : ${p.email}</p><h2>Expériences</h2><table>${p.experience.map((x) => `<tr><td>${x.period}</td><td><b>${html(x.title)}</b> – ${html(x.company)} (${html(x.place)})${list(x.points)}</td></tr>`).join('')}</table><h2>Diplômes et formations</h2><table>${p.education.map((x) => `<tr><td>${x.period}</td><td><b>${html(x.degree)}</b>, ${html(x.school)}</td></tr>`).join('')}</table><h2>Compétences</h2><ul>${p.skills
          .map((s) => `<li>${html(s)}</li>`)
          .join(
            ''
          )}</ul><h2>Langues</h2><ul>${p.languages.map((x) => `<li>${html(x.language)} (${html(x.level)})</li>`).join('')}</ul>${p.summary ? `<h2>À propos</h2><p>${html(p.summary)}</p>` : ''}`
      )
  },
  {
    name: 'sidebar',
    set: 'dev',
    producer: 'chromium',
    format: 'pdf',
    words: 'plain',
    period: 'short',
    make: (p) =>
      page(
        '@page{margin:0}.s{position:absolute;left:0;top:0;width:62mm;min-height:297mm;background:#223a5e;color:#fff;padding:10mm 6mm;box-sizing:border-box}.m{margin-left:68mm;padding:10mm 8mm}.s h2{font-size:11pt;text-transform:uppercase}',
        `<div class="s"><h2>Contact</h2><p>${p.email}</p><p>${p.phones[0]}</p><p>${html(p.home)}</p><h2>Compétences</h2>${p.skills
          .map((s) => `<p>${html(s)}</p>`)
          .join(
            ''
          )}<h2>Langues</h2>${p.languages.map((x) => `<p>${html(x.language)} – ${html(x.level)}</p>`).join('')}<h2>Loisirs</h2><p>${html(p.interests)}</p></div><div class="m"><h1>${html(p.name)}</h1><p>${html(p.title)}</p>${p.summary ? `<h2>PROFIL</h2><p>${html(p.summary)}</p>` : ''}<h2>EXPÉRIENCES PROFESSIONNELLES</h2>${p.experience.map((x) => `<h3>${html(x.title)}</h3><p>${html(x.company)} | ${html(x.place)} | ${x.period}</p>${list(x.points)}`).join('')}<h2>FORMATION</h2>${p.education.map((x) => `<h3>${html(x.degree)}</h3><p>${html(x.school)} | ${x.period}</p>`).join('')}</div>`
      )
  },
  {
    name: 'europass',
    omits: ['title', 'summary'],
    set: 'dev',
    producer: 'chromium',
    format: 'pdf',
    words: 'plain',
    period: 'digits',
    make: (p) =>
      page(
        'table{width:100%}td{vertical-align:top;padding:1pt 4pt}td:first-child{width:50mm;text-align:right;border-right:1px solid #888;font-size:9.5pt}',
        `<table><tr><td><b>INFORMATIONS PERSONNELLES</b></td><td><h1>${html(p.name)}</h1></td></tr><tr><td>Adresse</td><td>${html(p.home)}</td></tr><tr><td>Téléphone</td><td>${p.phones[0]}</td></tr><tr><td>E-mail</td><td>${p.email}</td></tr><tr><td><b>EXPÉRIENCE PROFESSIONNELLE</b></td><td></td></tr>${p.experience.map((x) => `<tr><td>${x.period}</td><td><b>${html(x.title)}</b><br>${html(x.company)}, ${html(x.place)}${list(x.points)}</td></tr>`).join('')}<tr><td><b>ÉDUCATION ET FORMATION</b></td><td></td></tr>${p.education.map((x) => `<tr><td>${x.period}</td><td><b>${html(x.degree)}</b><br>${html(x.school)}</td></tr>`).join('')}<tr><td><b>LANGUES</b></td><td>${p.languages.map((x) => `${html(x.language)} ${html(x.level)}`).join(', ')}</td></tr><tr><td><b>COMPÉTENCES</b></td><td>${html(p.skills.join(', '))}</td></tr></table>`
      )
  },
  {
    name: 'etudes-first',
    set: 'dev',
    producer: 'chromium',
    format: 'pdf',
    words: 'plain',
    period: 'prose',
    studyPeriod: 'years',
    make: (p) =>
      page(
        'body{font-family:"DejaVu Serif",serif;font-size:10pt}h2{background:#eee;padding:2pt 4pt}h1{text-align:center;letter-spacing:4pt;text-transform:uppercase}.c{text-align:center}',
        `<h1>${html(p.name)}</h1><p class="c">${html(p.home)} – ${p.phones[0]} – ${p.email}</p><p class="c"><b>${html(p.title)}</b></p>${p.summary ? `<p>${html(p.summary)}</p>` : ''}<h2>Études</h2>${p.education.map((x) => `<p>${x.period} : ${html(x.degree)} – ${html(x.school)}</p>`).join('')}<h2>Parcours professionnel</h2>${p.experience.map((x) => `<p><b>${html(x.company)}</b> – ${html(x.place)}<br>${x.period}<br><i>${html(x.title)}</i></p>${list(x.points)}`).join('')}<h2>Savoir-faire</h2><p>${p.skills.map(html).join(' • ')}</p><h2>Langues étrangères</h2><p>${p.languages.map((x) => `${html(x.language)} ${html(x.level)}`).join(' ; ')}</p><h2>Loisirs</h2><p>${html(p.interests)}</p>`
      )
  },
  {
    name: 'right-side',
    set: 'dev',
    producer: 'chromium',
    format: 'pdf',
    words: 'plain',
    period: 'years',
    make: (p) =>
      page(
        '.w{display:grid;grid-template-columns:1fr 58mm;gap:8mm}.top{background:#0a5;color:#fff;padding:6mm}h2{color:#0a5}',
        `<div class="top"><h1>${html(p.name)}</h1><p>${html(p.title)}</p></div><div class="w"><div>${p.summary ? `<h2>Présentation</h2><p>${html(p.summary)}</p>` : ''}<h2>Expériences</h2>${p.experience.map((x) => `<p><b>${html(x.company)}</b>, ${html(x.place)} (${x.period})<br>${html(x.title)}</p>${list(x.points)}`).join('')}</div><div><h2>Coordonnées</h2><p>${p.phones[0]}</p><p>${p.email}</p><p>${html(p.home)}</p><h2>Formation</h2>${p.education.map((x) => `<p><b>${x.period}</b><br>${html(x.degree)}<br>${html(x.school)}</p>`).join('')}<h2>Atouts</h2>${p.skills
          .map((s) => `<p>✓ ${html(s)}</p>`)
          .join(
            ''
          )}<h2>Langues</h2>${p.languages.map((x) => `<p>${html(x.language)}<br><small>${html(x.level)}</small></p>`).join('')}</div></div>`
      )
  }
]
