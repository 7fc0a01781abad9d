import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Flow, plain } from '../../../processors/cv/document/flow.ts'
import { entriesOf } from '../../../processors/cv/fields/entries.ts'
import { experienceOf } from '../../../processors/cv/fields/experience.ts'
import { headingKind } from '../../../processors/cv/sections/headings.ts'
import { readCv } from '../../../processors/cv/read-cv.ts'

const read = async (...lines: string[]) => (await readCv(Buffer.from(lines.join('\n')))).data

const bold = { ...plain, bold: true }

test('a year in the column of dates is an entry’s, however long the text beside it', async () => {
  const { education } = await read(
    'Awa NDONG',
    'FORMATION',
    '2014-2016\tBTS Maintenance industrielle, Institut supérieur de technologie',
    '2013\tBaccalauréat technique série F3, mention bien, Lycée technique national Exemple, Libreville'
  )
  assert.deepEqual(
    education.map(({ degree, start_date, end_date }) => [degree, start_date, end_date]),
    [
      ['BTS Maintenance industrielle', '2014', '2016'],
      ['Baccalauréat technique série F3', null, '2013']
    ]
  )
})

test('of several jobs under one employer, each begins where white space is, not at the last line before it', () => {
  const flow = new Flow()
  for (const [text, gap] of [
    ['Cabinet Verdane', 0],
    ['Auditrice', 0],
    ['avril 2019 - août 2021', 0],
    ['Grenoble', 0],
    ['Assistante', 2],
    ['octobre 2014 - mars 2019', 0]
  ] as const) {
    for (let empty = 0; empty < gap; empty++) flow.end()
    flow.add(text, plain)
    flow.end()
  }
  assert.deepEqual(
    entriesOf(flow.lines).map(({ header }) => header.map(({ text }) => text)),
    [
      ['Cabinet Verdane', 'Auditrice', 'avril 2019 - août 2021', 'Grenoble'],
      ['Assistante', 'octobre 2014 - mars 2019']
    ]
  )
  assert.deepEqual(
    experienceOf(flow.lines).map(({ value: { title, company, location } }) => [title, company, location]),
    [
      ['Auditrice', 'Cabinet Verdane', 'Grenoble'],
      ['Assistante', 'Cabinet Verdane', null]
    ]
  )
})

test('a job in bold and its employer behind it are two, with nothing between them', () => {
  const flow = new Flow()
  flow.add('01/09/2019 – EN COURS', plain)
  flow.end()
  flow.add('INFIRMIER EN CHEF ', bold)
  flow.add('CHR SAMBRE', plain)
  flow.end()
  const [job] = experienceOf(flow.lines)
  assert.deepEqual([job?.value.title, job?.value.company], ['INFIRMIER EN CHEF', 'CHR SAMBRE'])
})

test('one word in bold within a text parts nothing', () => {
  const flow = new Flow()
  flow.add('Chef ', bold)
  flow.add('de projet ', plain)
  flow.add('Informatique', bold)
  flow.end()
  flow.add('2019 - 2021', plain)
  flow.end()
  assert.equal(experienceOf(flow.lines)[0]?.value.title, 'Chef de projet Informatique')
})

test('in capitals without marks, a job ends where the word of a firm begins, and the firm at its town', async () => {
  const { experience } = await read(
    'DIOP AMADOU',
    'EXPERIENCES PROFESSIONNELLES',
    'DEPUIS 2017 : CHEF D’EQUIPE MACONNERIE ENTREPRISE BATI 94 A CRETEIL',
    'LECTURE DE PLANS, IMPLANTATION, COFFRAGE',
    '2009 A 2016 : CHEF D’ENTREPRISE',
    'MURS, DALLES, ENDUITS'
  )
  assert.deepEqual(
    [experience[0]?.title, experience[0]?.company, experience[0]?.location, experience[0]?.description],
    ['CHEF D’EQUIPE MACONNERIE', 'ENTREPRISE BATI 94', 'CRETEIL', 'LECTURE DE PLANS, IMPLANTATION, COFFRAGE']
  )
  assert.equal(experience[1]?.title, 'CHEF D’ENTREPRISE')
})

test('a name may stand behind its labels, the family’s first', async () => {
  const { personal_info } = await read('CURRICULUM VITAE', 'Nom : Le Goff', 'Prénom : Anne-Laure', 'Brest')
  assert.equal(personal_info.name, 'Anne-Laure Le Goff')
})

test('of two phone numbers the first counts, and one that a line’s end breaks is one', async () => {
  const two = await read(
    'Baptiste NGUEMA',
    'Tél. : +241 74 00 12 34 / 66 00 56 78',
    'Libreville, Gabon',
    'PROFIL',
    'Technicien depuis dix ans'
  )
  assert.equal(two.personal_info.phone, '+24174001234')
  const broken = await read(
    'Luc Vandeputte',
    'Nationalité: belge | Numéro de téléphone: (+32) 460 00',
    '12 34 (Portable) | Adresse: 5000 Namur, Belgique',
    'PROFIL',
    'Infirmier depuis dix ans'
  )
  assert.equal(broken.personal_info.phone, '+32460001234')
})

test('languages are parted by dashes, and their levels are without remarks', async () => {
  const { languages } = await read(
    'Anne Exemple',
    'LANGUES',
    'Français : excellent — Anglais : intermédiaire',
    'Allemand : courant (Goethe-Zertifikat, 2018) ; kabyè : bon',
    'Langue(s) maternelle(s) : ITALIEN'
  )
  assert.deepEqual(
    languages.map(({ language, level }) => [language, level]),
    [
      ['fr', 'excellent'],
      ['en', 'intermédiaire'],
      ['de', 'courant'],
      ['kbp', 'bon'],
      ['it', 'langue maternelle']
    ]
  )
})

test('skills under a heading of both computers and languages are skills, and references are none', async () => {
  const { skills, languages } = await read(
    'Anne Exemple',
    'CONNAISSANCES INFORMATIQUES ET LINGUISTIQUES',
    'Informatique : Word, Excel, GMAO',
    'Langues : Français, Fang'
  )
  assert.deepEqual(skills, ['Word', 'Excel', 'GMAO'])
  assert.equal(languages.length, 2)
  const other = await read('Anne Exemple', 'COMPÉTENCES', 'Canva', 'Références disponibles sur demande')
  assert.deepEqual(other.skills, ['Canva'])
})

test('honours are no part of a degree and no school', async () => {
  const { education } = await read('Anne Exemple', 'FORMATION', '1996 Baccalauréat L, mention assez bien')
  assert.deepEqual([education[0]?.degree, education[0]?.institution], ['Baccalauréat L', null])
})

test('an employer with the years of all jobs there stands above them, and is no job', async () => {
  const { experience } = await read(
    'LAMBERT Jean-Pierre',
    'EXPERIENCE',
    '1999-2024\tFORGES DE LORRAINE (450 personnes), Hagondange',
    "Directeur d'usine (depuis 2008)",
    'Responsable de production (1999-2008)',
    '1990-1999\tSOLLAC, Florange',
    'Ingénieur procédés'
  )
  assert.deepEqual(
    experience.map(({ title, company, start_date, end_date }) => [title, company, start_date, end_date]),
    [
      ["Directeur d'usine", 'FORGES DE LORRAINE (450 personnes)', '2008', null],
      ['Responsable de production', 'FORGES DE LORRAINE (450 personnes)', '1999', '2008'],
      ['Ingénieur procédés', 'SOLLAC', '1990', '1999']
    ]
  )
})

test('the heads of a table are no part of its first row', async () => {
  const { experience, education } = await read(
    'Salimata OUEDRAOGO',
    'FORMATION',
    'Période\tDiplôme\tÉtablissement',
    '2012 - 2014\tMaster en comptabilité\tUniversité de Ouagadougou',
    'EXPÉRIENCE PROFESSIONNELLE',
    'Période\tEmployeur\tPoste\tTâches',
    'Mars 2018 à ce jour\tSociété Faso Grains\tComptable principale\tDéclarations fiscales'
  )
  assert.deepEqual([education[0]?.degree, education.length], ['Master en comptabilité', 1])
  assert.deepEqual(
    [experience[0]?.title, experience[0]?.company, experience.length],
    ['Comptable principale', 'Société Faso Grains', 1]
  )
})

test('a definition under dates that stand alone is what the entry is', () => {
  const flow = new Flow()
  for (const [text, indent] of [
    ['2014–2015', 0],
    ['Élève-avocate, Tribunal judiciaire de Bobigny', 30],
    ['2013', 0],
    ['Stagiaire, Cabinet Exemple', 30]
  ] as const) {
    flow.add(text, plain)
    flow.end({ bullet: true, indent })
  }
  assert.deepEqual(
    experienceOf(flow.lines).map(({ value: { title, company } }) => [title, company]),
    [
      ['Élève-avocate', 'Tribunal judiciaire de Bobigny'],
      ['Stagiaire', 'Cabinet Exemple']
    ]
  )
})

test('a name ends at a dash, ways to know a language are one level, and one level may be of two', async () => {
  const { personal_info, languages } = await read(
    'Emma Rousselot — Graphiste indépendante',
    'Bordeaux',
    'LANGUES',
    'Anglais : lu, écrit, parlé. Espagnol : bases',
    'Français et italien (bilingue)'
  )
  assert.equal(personal_info.name, 'Emma Rousselot')
  assert.deepEqual(
    languages.map(({ language, level }) => [language, level]),
    [
      ['en', 'lu, écrit, parlé'],
      ['es', 'bases'],
      ['fr', 'bilingue'],
      ['it', 'bilingue']
    ]
  )
})

test('a heading of wide letters is known whatever blanks its letters seem to have', () => {
  assert.equal(headingKind('FORM AT I O N'), 'education')
  assert.equal(headingKind('EXPÉR IENCE PROFESSION NELLE'), 'experience')
})

test('what a firm or a job is about may stand in brackets, and a school may, too', async () => {
  const { experience, education } = await read(
    'Kevin LEBRETON',
    'EXPÉRIENCES',
    '- Depuis 2019 : électricien chez Elec Ouest à Rennes (pose de tableaux, domotique, dépannage)',
    '- 2015-2018 : manutentionnaire en intérim',
    'DIPLÔMES',
    '- 2019 : BP électricien (CFA de Saint-Grégoire)',
    '- 2017 : CAP électricien, lycée La Champagne'
  )
  assert.deepEqual(
    [experience[0]?.company, experience[0]?.location, experience[0]?.description],
    ['Elec Ouest', 'Rennes', 'pose de tableaux, domotique, dépannage']
  )
  // The employer before it stands in its own line, and not above both.
  assert.deepEqual([experience[1]?.title, experience[1]?.company], ['manutentionnaire en intérim', null])
  assert.deepEqual(
    education.map(({ degree, institution }) => [degree, institution]),
    [
      ['BP électricien', 'CFA de Saint-Grégoire'],
      ['CAP électricien', 'lycée La Champagne']
    ]
  )
})

test('a town whose name is overseas as well is where its post code says', async () => {
  const { personal_info } = await read(
    'Moussa Traoré',
    '06 39 98 44 55',
    '93200 Saint-Denis',
    'PROFIL',
    'Chauffeur depuis dix ans'
  )
  assert.equal(personal_info.phone, '+33639984455')
})
