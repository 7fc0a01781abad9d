import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadContracts, parseContract } from '../../../processors/files/contract/contract.ts'
import { inferContract } from '../../../processors/files/contract/infer.ts'
import { unpivoted } from '../../../processors/files/contract/unpivot.ts'
import type { Plan } from '../../../processors/files/check/plan.ts'
import { pageOf } from '../../../processors/files/report/page.ts'
import { qualityJson } from '../../../processors/files/report/quality.ts'
import { checked } from './text-files.ts'

const written = (changes: object = {}) => ({
  type: 'record',
  name: 'Voix',
  namespace: 'courant.files.election',
  doc: 'Invented.',
  courant: {
    source: 'files',
    names: ['voix*'],
    key: ['departement'],
    rules: ['votants <= inscrits', 'sum(*) = votants'],
    datasetRules: ['rows = 3'],
    unpivot: { name: 'candidat', value: 'voix', kind: 'integer' },
    ...changes
  },
  fields: [
    { name: 'departement', type: 'string', file: { column: 'Département', kind: 'departement' } },
    {
      name: 'inscrits',
      type: 'long',
      file: { column: ['Inscrits', 'Nb inscrits'], kind: 'integer', min: 0 }
    },
    { name: 'votants', type: ['null', 'long'], file: { column: 'Votants', kind: 'integer' } }
  ]
})

const contract = (changes?: object) => parseContract('election/voix.avsc', JSON.stringify(written(changes)))
const head = 'Département;Inscrits;Votants;DUPOND;DURAND\n'
const rows = ['01;100;80;50;30', '2A;200;90;40;50', '971;300;100;60;40']

test('a contract parts good rows from bad ones, and says every rule that a row breaks', async (t) => {
  const content = `${head}${rows.join('\n')}\n02;100;120;60;60\n20;-5;;1;2\n01;100;80;50;30\n01;100;80;49;31\n`
  const {
    bad,
    rows: counted,
    all
  } = await checked(t, content, { contracts: [contract({ errorBudget: 0.9 })], name: 'voix.csv' })
  assert.deepEqual(
    bad.map(({ line, findings }) => [line, findings.map(({ code }) => code)]),
    [
      [5, ['row_rule']],
      [6, ['unknown_code', 'out_of_range']],
      [8, ['duplicate_key']]
    ]
  )
  assert.deepEqual(counted, { good: 3, rejected: 3, repeated: 1 })
  assert.ok(!all.some(({ code }) => code === 'dataset_rule'))
})

test('columns that must be there are asked for first, all of them, with what was perhaps meant', async (t) => {
  const content = 'Département;Total inscrits;DUPOND\n01;1;2\n02;trois;4\n'
  const { all, verdict } = await checked(t, content, {
    contracts: [contract({ unpivot: undefined, unknown: 'freeze' })],
    name: 'voix-2020.csv'
  })
  assert.equal(verdict, 'accept', 'two of three columns are not enough to be meant')
  const two = 'Département;Total inscrits;Votants\n01;1;2\n'
  const refused = await checked(t, two, { contracts: [contract()], name: 'voix-2020.csv' })
  assert.equal(refused.verdict, 'reject')
  assert.deepEqual(
    refused.all.map(({ code, column, suggestion }) => [code, column, suggestion]),
    [['missing_required_column', 'Inscrits', 'Total inscrits']]
  )
  assert.ok(all.length >= 0)
})

test('further columns come in, are left out, or refuse the file, as the contract says', async (t) => {
  const content = `Département;Inscrits;Votants;Remarque\n01;100;80;bien\n02;90;70;assez bien\n`
  const codesOf = async (unknown: string) => {
    const own = contract({ unknown, unpivot: undefined, rules: [], datasetRules: [] })
    const { columns, verdict } = await checked(t, content, { contracts: [own], name: 'voix.csv' })
    return [columns.length, verdict]
  }
  assert.deepEqual(await codesOf('evolve'), [4, 'accept'])
  assert.deepEqual(await codesOf('discard'), [3, 'accept'])
  assert.deepEqual(await codesOf('freeze'), [0, 'reject'])
})

test('a column for each candidate becomes a row for each', async (t) => {
  const plans: Plan[] = []
  const own = contract()
  const { good } = await checked(t, head + rows.join('\n'), {
    contracts: [own],
    name: 'voix.csv',
    start: (plan) => void plans.push(plan)
  })
  const [plan] = plans
  assert.ok(plan && own.unpivot)
  const long = unpivoted(plan, own.unpivot)
  assert.deepEqual(good.flatMap(({ values }) => long(values)).slice(0, 3), [
    { departement: '01', inscrits: '100', votants: '80', candidat: 'DUPOND', voix: '50' },
    { departement: '01', inscrits: '100', votants: '80', candidat: 'DURAND', voix: '30' },
    { departement: '2A', inscrits: '200', votants: '90', candidat: 'DUPOND', voix: '40' }
  ])
})

test('a file with more bad rows than its budget is refused whole', async (t) => {
  const bad = Array.from({ length: 6 }, (_, at) => `0${at + 1};10;20;15;5`)
  const { verdict, codes } = await checked(t, `${head}${bad.join('\n')}\n${rows[1]}\n`, {
    contracts: [contract()],
    name: 'voix.csv'
  })
  assert.equal(verdict, 'reject')
  assert.ok(codes.includes('error_budget'))
})

test('a contract that is drafted from a file fits that file, and those of the house can all be read', async (t) => {
  const content = `${head}${rows.join('\n')}\n`
  const draft = inferContract(await checked(t, content, { name: 'voix_2021.csv' }), {
    theme: 'election',
    dataset: 'voix'
  })
  const drafted = parseContract('election/voix.avsc', draft)
  const again = await checked(t, content, { contracts: [drafted], name: 'voix_2022.csv' })
  assert.deepEqual([again.dataset, again.verdict, again.rows.good], ['election/voix', 'accept', 3])
  assert.ok(loadContracts(join(import.meta.dirname, '../../../sinks/files/contracts')).length > 25)
  assert.throws(
    () =>
      parseContract(
        'a/b.avsc',
        '{"courant":{"key":["x"]},"fields":[{"name":"A b","file":{"kind":"datum"}}]}'
      ),
    /source.*key names x.*A b.*datum/
  )
})

test('the page runs nothing that a file has in it, and both results say all findings', async (t) => {
  const evil = '<script>alert(1)</script>'
  const bad = Array.from({ length: 60 }, () => `"${evil}";xyz`)
  const content = `code;nombre\n${Array.from({ length: 3_000 }, (_, at) => `${at};${at}`).join('\n')}\n${bad.join('\n')}\n`
  const result = await checked(t, content, { name: `${evil.replaceAll('/', '')}.csv` })
  const page = [...pageOf(result)].join('')
  assert.ok(!page.includes('<script>'))
  assert.equal(page.match(/<code>type_error<\/code>/g)?.length, 60)
  const quality = JSON.parse([...qualityJson(result)].join('')) as { findings: { code: string }[] }
  assert.equal(quality.findings.filter(({ code }) => code === 'type_error').length, 60)
})
