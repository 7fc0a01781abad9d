import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { zipOf } from '../cv/zip-of.ts'
import { checked } from './text-files.ts'

const rows = [
  '01;Ain;438109;22,26',
  '02;Aisne;373544;27,06',
  '2A;Corse-du-Sud;113341;37,19',
  '03;Allier;249991;23,4'
]
const table = ['Code du département;Libellé;Inscrits;% Abs/Ins', ...rows].join('\n')

test('a quote that is never closed costs its own line and none after it', async (t) => {
  const content = `${table}\n04;"Alpes;126459;19,2\n05;Hautes-Alpes;112 000;18\n06;"Alpes, Maritimes";7;1,5\n`
  const result = await checked(t, content)
  assert.deepEqual(
    result.bad.map(({ line }) => line),
    [6]
  )
  assert.equal(result.rows.good, 6)
  assert.deepEqual(result.good.at(-1)?.values, ['06', 'Alpes, Maritimes', '7', '1.5'])
})

test('a field too few on one line changes neither the delimiter nor the other lines', async (t) => {
  const result = await checked(t, `${table}\n04;Alpes;126459\n05;Hautes-Alpes;111;18,5\n`)
  assert.equal(result.table?.delimiter, ';')
  assert.deepEqual(
    result.all.filter(({ line }) => line === 6).map(({ code }) => code),
    ['wrong_column_count']
  )
  assert.equal(result.rows.good, 5)
})

test('title lines, notes and blank lines are told from rows, and every line is accounted for', async (t) => {
  const content = `Résultats par département\n\n${table}\n\nSource : ministère de l'Intérieur\nChamp : France entière\n`
  const result = await checked(t, content)
  assert.deepEqual(result.lines, {
    physical: 10,
    header: 1,
    title: 1,
    blank: 2,
    footer: 2,
    good: 4,
    rejected: 0,
    repeated: 0
  })
  assert.deepEqual(result.headerLines, [3])
})

test('a file without a line of names is refused, and says so', async (t) => {
  const result = await checked(t, `${rows.join('\n')}\n`)
  assert.equal(result.verdict, 'reject')
  assert.deepEqual(result.codes, ['no_header'])
})

test('codes keep their zeros, and numbers are exact however they are written', async (t) => {
  const content =
    'code postal;montant;part\n01000;1 234,50;69,55 %\n75001;12 250,00;7,83177350511023e-03\n2A004;0,10;100\n'
  const { good } = await checked(t, content)
  assert.deepEqual(
    good.map(({ values }) => values),
    [
      ['01000', '1234.50', '69.55'],
      ['75001', '12250.00', '0.00783177350511023'],
      ['2A004', '0.10', '100']
    ]
  )
})

test('one line in another encoding is read by itself', async (t) => {
  const bytes = Buffer.concat([
    Buffer.from(`${table}\n34;`),
    Buffer.from('H\xe9rault;800394;19,91\n', 'latin1')
  ])
  const result = await checked(t, bytes)
  assert.deepEqual(result.good.at(-1)?.values.slice(0, 2), ['34', 'Hérault'])
  assert.deepEqual(
    result.all.filter(({ code }) => code === 'encoding_damage').map(({ line }) => line),
    [6]
  )
})

test('bytes of every encoding become the same text', async (t) => {
  const encoded = {
    'utf-16le': Buffer.from(table, 'utf16le'),
    'utf-16be': Buffer.from(table, 'utf16le').swap16(),
    cp1252: Buffer.from(table, 'latin1'),
    cp850: Buffer.from(table.replaceAll('é', '\x82'), 'latin1'),
    'mac-roman': Buffer.from(table.replaceAll('é', '\x8e'), 'latin1')
  }
  for (const [encoding, bytes] of Object.entries(encoded)) {
    const result = await checked(t, bytes)
    assert.equal(result.table?.encoding, encoding)
    assert.deepEqual(
      result.columns.map(({ name }) => name),
      ['Code du département', 'Libellé', 'Inscrits', '% Abs/Ins']
    )
    assert.equal(result.rows.good, 4, encoding)
  }
})

test('an archive is opened once, by its content, and its names lead nowhere', async (t) => {
  const inner = Buffer.from(table)
  assert.equal((await checked(t, gzipSync(inner), { name: 'a.csv.gz' })).rows.good, 4)
  const zipped = zipOf([{ name: 'data/a.csv', content: inner }])
  assert.equal((await checked(t, zipped, { name: 'a.zip' })).rows.good, 4)
  const twice = await checked(t, zipOf([{ name: 'a.zip', content: zipped }]), { name: 'b.zip' })
  assert.deepEqual(twice.codes, ['nested_archive'])
  const outside = await checked(t, zipOf([{ name: '../../evil.csv', content: inner }]), { name: 'c.zip' })
  assert.deepEqual(outside.codes, ['unsafe_entry_name'])
})

test('what inflates out of all proportion is refused before it is read', async (t) => {
  const result = await checked(t, gzipSync(Buffer.alloc(80 * 2 ** 20, `a;b${'c'.repeat(4_000)}\n`)), {
    name: 'bomb.csv.gz'
  })
  assert.deepEqual(result.codes, ['archive_too_large'])
})
