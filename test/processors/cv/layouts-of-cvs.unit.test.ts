import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCv } from '../../../processors/cv/read-cv.ts'
import { pdfOf } from './pdf-of.ts'

test('cells of a table whose columns are close together are parted where its heads begin', async () => {
  const row = (y: number, ...cells: (readonly [number, string])[]) =>
    cells.map(([x, text]) => `BT /F1 11 Tf ${x} ${y} Td (${text}) Tj ET`).join('\n')
  const { experience, education } = (
    await readCv(
      pdfOf([
        [
          row(800, [60, 'Nom et prenom'], [180, 'OUEDRAOGO Salimata']),
          row(780, [60, 'Adresse'], [180, 'Ouagadougou, Burkina Faso']),
          row(760, [60, 'Email'], [180, 's.ouedraogo@example.com']),
          row(740, [60, 'FORMATION']),
          row(720, [60, 'Periode'], [180, 'Diplome'], [420, 'Etablissement']),
          row(
            700,
            [60, '2012 - 2014'],
            [180, 'Master en comptabilite et audit'],
            [420, 'Universite Ouaga II']
          ),
          row(680, [60, '2009'], [180, 'Baccalaureat G2'], [420, 'Lycee technique']),
          row(660, [60, 'EXPERIENCE PROFESSIONNELLE']),
          row(640, [60, 'Periode'], [180, 'Employeur'], [288, 'Poste'], [400, 'Taches']),
          row(
            620,
            [60, '2018 - 2020'],
            [180, 'Societe Faso Grains'],
            [288, 'Comptable principale'],
            [400, 'Declarations']
          ),
          row(
            600,
            [60, '2015 - 2018'],
            [180, 'Cabinet Sahel Audit'],
            [288, 'Assistante comptable'],
            [400, 'Saisie']
          )
        ].join('\n')
      ])
    )
  ).data
  assert.deepEqual(
    experience.map(({ title, company }) => [title, company]),
    [
      ['Comptable principale', 'Societe Faso Grains'],
      ['Assistante comptable', 'Cabinet Sahel Audit']
    ]
  )
  assert.deepEqual(
    education.map(({ degree, end_date }) => [degree, end_date]),
    [
      ['Master en comptabilite et audit', '2014'],
      ['Baccalaureat G2', '2009']
    ]
  )
})

test('an address at the right above the first heading is no text beside it', async () => {
  const line = (x: number, y: number, text: string) => `BT /F1 11 Tf ${x} ${y} Td (${text}) Tj ET`
  const { experience } = (
    await readCv(
      pdfOf([
        [
          line(400, 800, 'Aissatou Sow-Delacroix'),
          line(400, 787, 'Avocate au barreau de Paris'),
          line(400, 774, 'a.sow@example.com'),
          line(60, 762, 'Experience'),
          line(60, 730, 'Depuis 2016'),
          line(160, 730, 'Avocate collaboratrice, Cabinet Lorient, Paris'),
          line(60, 710, '2013'),
          line(160, 710, 'Stagiaire, Cabinet Exemple, Paris \\(6 mois\\)')
        ].join('\n')
      ])
    )
  ).data
  assert.deepEqual(
    experience.map(({ title, company, start_date, end_date }) => [title, company, start_date, end_date]),
    [
      ['Avocate collaboratrice', 'Cabinet Lorient', '2016', null],
      ['Stagiaire', 'Cabinet Exemple', '2013', '2013']
    ]
  )
})
