import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parseContract } from '../../../processors/files/contract/contract.ts'
import { fileIdOf, layerFile } from '../../../processors/files/layers/layer-file.ts'
import { memoryDuckDb } from '../../support/memory-duckdb.ts'
import { temporaryFolder } from '../../support/stack.ts'

const voix = parseContract(
  'election/voix.avsc',
  JSON.stringify({
    doc: 'Invented.',
    courant: {
      source: 'files',
      key: ['departement'],
      errorBudget: 0.9,
      edition: '(\\d{4})-(t\\d)',
      unpivot: { name: 'candidat', value: 'voix', kind: 'integer' }
    },
    fields: [
      { name: 'departement', type: 'string', file: { column: 'Département', kind: 'departement' } },
      { name: 'inscrits', type: 'long', file: { column: 'Inscrits', kind: 'integer', min: 0 } },
      {
        name: 'part',
        type: ['null', { type: 'bytes', logicalType: 'decimal', precision: 38, scale: 17 }],
        file: { column: 'Part', kind: 'decimal' }
      }
    ]
  })
)

async function layered(t: TestContext, name: string, content: string) {
  const folder = temporaryFolder(t)
  const out = join(folder, 'out')
  mkdirSync(out)
  writeFileSync(join(folder, name), content)
  const raw = `raw/election/20261130T120000Z_${name}`
  const made = await layerFile(join(folder, name), { raw, folder: out, contracts: [voix] })
  made.result.findings.close()
  const duckdb = await memoryDuckDb(t)
  const rows = async (part: 'bronze' | 'argent' | 'rejected') =>
    (await duckdb.runAndReadAll(`SELECT * FROM '${made[part]?.file}' ORDER BY _line`)).getRowObjectsJson()
  return { made, rows }
}

test('a file becomes Bronze as it is written and Argent by its contract, with where each row is from', async (t) => {
  const content =
    'Département;Inscrits;Part;"DU ""P"" OND";DURAND\n1;100;7,83177350511023e-03;3;\n2A;12 250;;4;5\n2A;12 250;;4;5\n99999;1;;1;1\n'
  const { made, rows } = await layered(t, 'voix-2022-t1.csv', content)
  assert.deepEqual([made.bronze?.rows, made.argent?.rows, made.rejected?.rows], [3, 4, 1])
  const [first, second, third] = await rows('bronze')
  const sha256 = made.result.scan?.sha256
  const raw = 'raw/election/20261130T120000Z_voix-2022-t1.csv'
  assert.deepEqual(first, {
    Département: '1',
    Inscrits: '100',
    Part: '7,83177350511023e-03',
    'DU "P" OND': '3',
    DURAND: '',
    _file: raw,
    _line: '2',
    _sha256: sha256
  })
  assert.deepEqual([second?.['_line'], third?.['_line']], ['3', '4'], 'what is there again is in Bronze, too')
  const argent = await rows('argent')
  assert.deepEqual(argent.slice(0, 2), [
    {
      departement: '01',
      inscrits: '100',
      part: '0.00783177350511023',
      candidat: 'DU "P" OND',
      voix: '3',
      _file: raw,
      _line: '2',
      _sha256: sha256,
      _edition: '2022-t1'
    },
    { ...argent[0], candidat: 'DURAND', voix: null }
  ])
  const [bad] = await rows('rejected')
  assert.equal(bad?.['_line'], '5')
  assert.equal(bad?.['codes'], 'unknown_code')
  assert.match(JSON.stringify(bad?.['reasons']), /Ligne 5/)
})

test('what a cell holds stays what it is: quotes, separators, breaks of lines, nothing and the word NULL', async (t) => {
  const cells = ['a,b', 'x"y', 'deux\nlignes', 'NULL', '""', "l'été", '\\N', ' bord ', 'fin\r\nwindows']
  const content = `Nom;nom;Texte\n${cells.map((cell, at) => `${at};c${at};"${cell.replaceAll('"', '""')}"`).join('\n')}\n`
  const { made, rows } = await layered(t, 'notes.csv', content)
  assert.equal(made.result.verdict, 'accept')
  assert.deepEqual(
    (await rows('bronze')).map(({ Texte }) => Texte),
    cells.map((cell) => cell.replace('\r\n', '\n')),
    'breaks of lines within a cell are all one'
  )
  assert.deepEqual(Object.keys((await rows('bronze'))[0] ?? {}).slice(0, 2), ['Nom', 'nom_2'])
})

test('a file that is refused makes no layer', async (t) => {
  const { made } = await layered(t, 'vide.csv', 'a;b\n')
  assert.deepEqual([made.result.verdict, made.bronze, made.argent], ['reject', null, null])
})

test('the files of a raw object are called by when it was filed and by its name, whatever is in it', () => {
  assert.match(fileIdOf('raw/crime/20261130T120000Z_é"ç \u0001.csv'), /^20261130T120000Z-[0-9a-f]{16}$/)
  assert.notEqual(fileIdOf('raw/crime/20261130T120000Z_a.csv'), fileIdOf('raw/emploi/20261130T120000Z_a.csv'))
})
