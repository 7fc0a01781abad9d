import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withoutContract } from '../../../processors/cv/fields/contracts.ts'
import { withoutDates } from '../../../processors/cv/fields/dates.ts'
import { homeIn } from '../../../processors/cv/fields/places.ts'
import { skillsOf } from '../../../processors/cv/fields/skills.ts'
import { beginsLikeTrade, hasWordOf } from '../../../processors/cv/fields/words.ts'
import { readCv } from '../../../processors/cv/read-cv.ts'
import { headingKind } from '../../../processors/cv/sections/headings.ts'
import { Flow, plain } from '../../../processors/cv/document/flow.ts'

const read = async (...lines: string[]) => (await readCv(Buffer.from(lines.join('\n')))).data

test('headings made of words of headings name a section, whoever put them together', () => {
  const headings = {
    'Principales expériences': 'experience',
    'Activités professionnelles': 'experience',
    'Cursus scolaire et universitaire': 'education',
    'Diplômes obtenus': 'education',
    'Aptitudes et compétences': 'skills',
    'Maîtrise de l’informatique': 'skills',
    'Compétences linguistiques': 'languages',
    'Expérience associative': 'volunteer',
    'Activités sportives et culturelles': 'interests',
    'Objectif professionnel': 'summary'
  }
  for (const [text, kind] of Object.entries(headings)) assert.equal(headingKind(text), kind, text)
})

test('titles that have a word of a heading in them are no headings', () => {
  for (const text of ['Chef de projet', 'Responsable formation', 'Conseiller emploi formation', 'Permis B'])
    assert.equal(headingKind(text), null, text)
})

test('the kind of contract is no part of a title', () => {
  assert.equal(withoutContract('Vendeuse (CDI)'), 'Vendeuse')
  assert.equal(withoutContract('Équipière polyvalente CDI 12 h/semaine'), 'Équipière polyvalente')
  assert.equal(withoutContract('Soudeur, intérim'), 'Soudeur')
  assert.equal(withoutContract('Assistante RH – stage de 6 mois'), 'Assistante RH')
  assert.equal(withoutContract('Maître de stage'), 'Maître de stage')
  assert.equal(withoutContract('Responsable alternance'), 'Responsable alternance')
})

test('a duration behind dates goes with them, and no word that only looks like one', () => {
  assert.equal(withoutDates('2019 – 2021 (2 ans et 3 mois) Maçon'), 'Maçon')
  assert.equal(
    withoutDates('2014 - 2016 : Diplôme d’aide-soignant – École'),
    'Diplôme d’aide-soignant – École'
  )
})

test('homes are found as people of several countries write them', () => {
  const homes = {
    'Chaussée de Louvain 5 bte 3, 5310 Éghezée': 'Éghezée',
    'Avenue de la Gare 3, 1950 Sion (VS)': 'Sion',
    'Sherbrooke (Québec) J1H 2B3': 'Sherbrooke, Québec',
    'Montréal QC H2X 1Y4': 'Montréal, QC',
    'BP 123, Douala, Cameroun': 'Douala, Cameroun',
    'Lomé/Togo': 'Lomé, Togo',
    'Abidjan-Cocody': 'Abidjan',
    'Rue 12, Médina, Dakar, Sénégal': 'Dakar, Sénégal',
    '12 bis rue des Lilas - 69003 Lyon': 'Lyon',
    'Habite à Lyon': 'Lyon'
  }
  for (const [text, home] of Object.entries(homes)) assert.equal(homeIn(text), home, text)
})

test('short forms of degrees count in capitals only, and a degree of two words is no school', () => {
  assert.ok(hasWordOf('degree', 'BUT Informatique') && hasWordOf('degree', 'DES en sciences humaines'))
  assert.ok(!hasWordOf('degree', 'Suivi des chantiers dans le but de livrer à temps'))
  assert.ok(hasWordOf('degree', 'Brevet des collèges') && !hasWordOf('school', 'Brevet des collèges'))
})

test('trades that no list has are told by their endings', () => {
  for (const text of ['Rempailleuse de chaises', 'Chauffagiste', 'Canalisateur', 'Ravaleur de façades'])
    assert.ok(beginsLikeTrade(text), text)
  for (const text of ['Atelier Rossier', 'Secteur jeunesse', 'Restaurant Chez Paul', 'Client mystère'])
    assert.ok(!beginsLikeTrade(text), text)
})

test('a year at the end of a skill is part of it', () => {
  const flow = new Flow()
  flow.add('Incoterms 2020, RE 2020, CACES R489', plain)
  flow.end()
  assert.deepEqual(skillsOf(flow.lines), ['Incoterms 2020', 'RE 2020', 'CACES R489'])
})

test('a CV without headings is parted by what its lines say', async () => {
  const data = await read(
    'Noé Bastide',
    'noe.bastide@example.com',
    '',
    'Plombier chauffagiste, Thermo Services, Albi 2018 - 2024',
    'Apprenti plombier, Sanit 81, Gaillac 2016 - 2018',
    '',
    'CAP Installateur sanitaire, CFA du Tarn 2016 - 2018',
    '',
    'Langues : français (courant), occitan (notions)',
    'Compétences : soudure cuivre, dépannage, devis'
  )
  assert.deepEqual(
    data.experience.map(({ title, company }) => [title, company]),
    [
      ['Plombier chauffagiste', 'Thermo Services'],
      ['Apprenti plombier', 'Sanit 81']
    ]
  )
  assert.deepEqual(
    data.education.map(({ degree }) => degree),
    ['CAP Installateur sanitaire']
  )
  assert.deepEqual(data.skills, ['soudure cuivre', 'dépannage', 'devis'])
  assert.deepEqual(
    data.languages.map(({ language }) => language),
    ['fr', 'oc']
  )
})

test('what stands under a heading that nobody knows is told by its lines', async () => {
  const data = await read(
    'NOÉ BASTIDE',
    'noe.bastide@example.com',
    '',
    'EXPERIENCE',
    'Plombier, Thermo Services, Albi, 2018 - 2024',
    '',
    'JE BARAGOUINE',
    'Anglais : B1',
    'Espagnol : notions',
    '',
    'SKILLS',
    'soudure, devis'
  )
  assert.deepEqual(
    data.languages.map(({ language }) => language),
    ['en', 'es']
  )
})

test('small towns are places where the towns of the other jobs stand', async () => {
  const data = await read(
    'Ana Rivet',
    'ana.rivet@example.com',
    'EXPERIENCES PROFESSIONNELLES',
    '2019 - 2024 : Serveuse, Café des Arts (Lyon)',
    '2017 - 2019 : Serveuse, Auberge du Lac (Albi)',
    '2015 - 2017 : Plongeuse, Chez Mimi (Saint-Trifouillis)'
  )
  assert.deepEqual(
    data.experience.map(({ location }) => location),
    ['Lyon', 'Albi', 'Saint-Trifouillis']
  )
})

test('a duration in the place of dates begins a job of which nobody knows when it was', async () => {
  const data = await read(
    'Ana Rivet',
    'ana.rivet@example.com',
    'EXPERIENCES PROFESSIONNELLES',
    '2019 - 2024 : Serveuse, Café des Arts',
    '4 ans : Plongeuse, Auberge du Lac'
  )
  assert.deepEqual(
    data.experience.map(({ title, start_date: start }) => [title, start]),
    [
      ['Serveuse', '2019'],
      ['Plongeuse', null]
    ]
  )
})

test('what somebody looks for is the title, though it says when; the label of a form is none', async () => {
  const wish = await read(
    'Ana Rivet',
    'Recherche une alternance en communication à partir de septembre 2026',
    'ana@example.com'
  )
  assert.equal(
    wish.personal_info.title,
    'Recherche une alternance en communication à partir de septembre 2026'
  )
  const form = await read(
    'Nom et prénom :\tAna Rivet',
    'Adresse :\t12 rue Foch, 69003 Lyon',
    'Poste recherché :\tServeuse',
    'ana@example.com'
  )
  assert.equal(form.personal_info.title, 'Serveuse')
})

test('a name in widely set capitals is put together as the e-mail address has it', async () => {
  const { personal_info: info } = await read(
    'CLAI RE DU VAL LON',
    'claire.duvallon@example.com',
    'Serveuse',
    'EXPERIENCES',
    '2019 - 2024 : Serveuse, Auberge du Lac'
  )
  assert.equal(info.name, 'CLAIRE DUVALLON')
})

test('paragraphs in the cells of an RTF’s table stay apart', async () => {
  const rtf = String.raw`{\rtf1\ansi Ana Rivet\par
\trowd\cellx3000\cellx9000\pard\intbl EXPERIENCES\cell \cell\row
\trowd\cellx3000\cellx9000\pard\intbl 2019 - 2024\cell {\b Serveuse}, Auberge du Lac\par
\pard\ls1{\listtext\tab}Accueil des clients\par {\listtext\tab}Encaissement\cell\row}`
  const { data } = await readCv(Buffer.from(rtf))
  assert.equal(data.experience[0]?.title, 'Serveuse')
  assert.equal(data.experience[0]?.description, 'Accueil des clients\nEncaissement')
})
