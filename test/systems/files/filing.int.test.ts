import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { contractsFolder, loadContracts } from '../../../processors/files/contract/contract.ts'
import { fileAway } from '../../../processors/files/filing/file-away.ts'
import type { Current } from '../../../processors/files/loading/current.ts'
import { load } from '../../../processors/files/loading/load.ts'
import { takeIn, takeOut } from '../../../processors/files/loading/load-files.ts'
import { BucketObjects } from '../../../runtime/object-store/bucket-objects.ts'
import { storeAt } from '../../../runtime/object-store/object-store-for.ts'
import { readText } from '../../../runtime/object-store/object-store.ts'
import { settingsFrom } from '../../../runtime/settings.ts'
import type { FiledFile } from '../../../schemas/types/files.ts'
import { forget } from '../../../systems/files/replay.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'

const contracts = loadContracts(contractsFolder)

/** A bucket of its own, and what files and reads in it, in this process. */
async function lake(_t: TestContext) {
  const name = unique('drops')
  const settings = settingsFrom({ ...sharedStack('minio'), COURANT_FILES_BUCKET: name })
  const store = await storeAt(`s3://${name}`, settings)
  const bucket = BucketObjects.of(settings)
  const tools = {
    bucket,
    store,
    contracts,
    loaders: { load: (request: Parameters<typeof load>[0]) => load(request, { bucket, store, contracts }) }
  }
  const names = async (prefix: string) => {
    const found: string[] = []
    for await (const { key } of bucket.list(prefix)) found.push(key)
    return found
  }
  const drop = async (key: string, text: string): Promise<FiledFile | undefined> => {
    await bucket.put(key, text)
    return (await fileAway({ key }, tools))[0]
  }
  const current = async (dataset: string) =>
    JSON.parse((await readText(store, `output/argent/${dataset}/_current.json`)) ?? '{}') as Current
  return { bucket, store, tools, names, drop, current }
}

const head = 'departement;inscrits;votants;blancs;exprimes;DUPOND;DURAND\n'
const voix = (rows: readonly string[]) => `${head}${rows.join('\n')}\n`
const rows = ['01;100;80;2;78;50;28', '02;200;90;1;89;40;49', '2A;300;100;0;100;60;40']
const dataset = 'election/voix-par-departement-large'

test('a dropped file is filed by folder, name or columns, read, and counted once however often it is told', async (t) => {
  const { tools, names, drop, current, store } = await lake(t)
  const byFolder = await drop('input/election/2022-presidentielle-1_par_departement_large.csv', voix(rows))
  assert.match(
    byFolder?.raw ?? '',
    /^raw\/election\/\d{8}T\d{6}Z_2022-presidentielle-1_par_departement_large\.csv$/
  )
  assert.deepEqual(await names('input/'), [])
  assert.deepEqual(
    await fileAway({ key: 'input/election/2022-presidentielle-1_par_departement_large.csv' }, tools),
    []
  )
  const [receipt, ...others] = await takeIn(byFolder!, tools)
  assert.deepEqual(others, [])
  assert.ok(receipt && 'files' in receipt)
  assert.deepEqual([receipt.dataset, receipt.files, receipt.rows], [dataset, 1, 6])
  const again = await takeIn(byFolder!, tools)
  assert.deepEqual({ ...again[0], at: 0 }, { ...receipt, at: 0 }, 'the same receipt, of the same list')
  const { files } = await current(dataset)
  assert.deepEqual(
    files.map(({ rows: count, edition, raw }) => [count, edition, raw]),
    [[6, '2022-presidentielle-1', byFolder?.raw]]
  )
  const quality = await names('metadata/election/')
  assert.deepEqual(quality.map((name) => name.replace(/^.*large\.csv/, '')).sort(), [
    '.html',
    '.loaded.json',
    '.quality.json'
  ])
  assert.ok((await store.head(files[0]!.key))!.size > 0)
  const byName = await drop('input/2017-presidentielle-2_par_departement_large.csv', voix(rows))
  assert.equal(byName?.theme, 'election')
  const byColumns = await drop('input/export.csv', voix(rows.slice(1)))
  assert.equal(byColumns?.theme, 'election')
})

test('the same content, the same rows in another order, a correction and another edition are told apart', async (t) => {
  const { tools, drop, current, store, bucket } = await lake(t)
  const name = (edition: string, more = '') => `input/election/${edition}${more}_par_departement_large.csv`
  const relation = async (filed: FiledFile | undefined) => {
    const note = (filed?.raw ?? '').replace('raw/', 'metadata/')
    return (JSON.parse((await readText(store, `${note}.loaded.json`)) ?? '{}') as { relation?: string })
      .relation
  }
  const first = await drop(name('2022-legislatives-1'), voix(rows))
  await takeIn(first!, tools)
  assert.equal(await relation(first), 'first')
  const same = await drop(name('2022-legislatives-1', '_copie'), voix(rows))
  assert.deepEqual(await takeIn(same!, tools), [], 'refused, as its content is there')
  const turned = await drop(name('2022-legislatives-1', '_tri'), voix(rows.toReversed()))
  await takeIn(turned!, tools)
  assert.equal(await relation(turned), 'same_rows')
  const corrected = await drop(
    name('2022-legislatives-1', '_v2'),
    voix([...rows.slice(0, 2), '2A;300;101;0;101;61;40'])
  )
  await takeIn(corrected!, tools)
  assert.equal(await relation(corrected), 'corrected')
  const other = await drop(name('2024-legislatives-1'), voix(rows.map((row) => row.replace(/^01/, '03'))))
  await takeIn(other!, tools)
  assert.equal(await relation(other), 'new_edition')
  const { files, superseded } = await current(dataset)
  assert.deepEqual(
    files.map(({ raw }) => raw),
    [corrected?.raw, other?.raw]
  )
  assert.equal(superseded.length, 2)
  await bucket.delete(corrected!.raw)
  const [back] = await takeOut({ ...corrected!, is_gone: 'yes' }, tools)
  assert.ok(back && 'files' in back && back.files === 2)
  assert.deepEqual(
    (await current(dataset)).files.map(({ raw }) => raw),
    [turned?.raw, other?.raw]
  )
})

test('of one content that is read twice at once, one file counts', async (t) => {
  const { tools, drop, names, store, bucket } = await lake(t)
  // All four ask whose content it is before one of them says so.
  const asked = Promise.withResolvers<void>()
  let asking = 0
  const together = Object.create(store) as typeof store
  const meet = async <T>(name: string, answer: Promise<T>): Promise<T> => {
    const found = await answer
    if (name.startsWith('metadata/_contents/') && ++asking >= 4) asked.resolve()
    if (name.startsWith('metadata/_contents/')) await asked.promise
    return found
  }
  together.head = (name) => meet(name, store.head(name))
  together.put = (...args) => store.put(...args)
  together.get = (...args) => store.get(...args)
  const loaders = {
    load: (request: Parameters<typeof load>[0]) => load(request, { bucket, store: together, contracts })
  }
  const names4 = ['a', 'b', 'c', 'd'].map((letter) => `input/emploi/${letter}.csv`)
  const filed = []
  for (const key of names4) filed.push(await drop(key, 'code;valeur\nx;1\ny;2\n'))
  await Promise.all(filed.map((each) => takeIn(each!, { ...tools, loaders })))
  assert.equal((await names('output/argent/')).filter((name) => name.endsWith('.parquet')).length, 1)
  assert.equal((await names('metadata/emploi/')).filter((name) => name.endsWith('.quality.json')).length, 4)
})

test('what is replayed gives the same Parquet under the same names, and the same list', async (t) => {
  const { tools, drop, current, store, bucket } = await lake(t)
  const filed = await drop('input/election/2012-presidentielle-1_par_departement_large.csv', voix(rows))
  await takeIn(filed!, tools)
  const before = await current(dataset)
  const etag = async () => (await store.head(before.files[0]!.key))?.etag
  const first = await etag()
  assert.equal(await forget(bucket, 'election', '29990101T000000Z'), 0)
  assert.equal(await forget(bucket, 'election', '19700101T000000Z'), 1)
  await store.delete(before.files[0]!.key)
  const [receipt] = await takeIn(filed!, tools)
  assert.ok(receipt && 'rows' in receipt && receipt.rows === 6)
  assert.deepEqual(await current(dataset), before)
  assert.equal(await etag(), first)

  // By a contract that refuses it now, its rows are no longer in any layer.
  const strict = contracts.map((each) =>
    each.dataset === 'voix-par-departement-large'
      ? { ...each, errorBudget: 0, fields: each.fields.map((field) => ({ ...field, max: 1 })) }
      : each
  )
  await forget(bucket, 'election', '19700101T000000Z')
  const loaders = {
    load: (request: Parameters<typeof load>[0]) => load(request, { bucket, store, contracts: strict })
  }
  const [gone] = (await takeIn(filed!, { ...tools, loaders })).filter((value) => 'files' in value)
  assert.ok(gone && 'files' in gone && gone.files === 0)
  assert.deepEqual((await current(dataset)).files, [])
  assert.equal(await etag(), undefined)
})

test('what cannot be filed lies beside why, and a page that says what to do', async (t) => {
  const { names, drop, tools, bucket } = await lake(t)
  for (const key of [
    'input/mystère.csv',
    'input/crime/a\\b.csv',
    'input/inconnu/x.csv',
    'input/.hidden.csv',
    `input/emploi/${'é'.repeat(120)}.csv`,
    'input/emploi/a%20b+c?d&e#f="g".csv'
  ])
    await drop(key, 'a;b\n1;2\n3;4\n')
  const left = (await names('input/')).filter((name) => !name.startsWith('input/_rejected/'))
  assert.deepEqual(left, [])
  const rejected = await names('input/_rejected/')
  assert.equal(rejected.filter((name) => name.endsWith('.reason.json')).length, 4)
  assert.equal(rejected.filter((name) => name.endsWith('.html')).length, 4)
  assert.equal((await names('raw/emploi/')).length, 2)
  await bucket.put('input/emploi/en-cours.csv.part', 'a;b\n')
  assert.deepEqual(await fileAway({ key: 'input/emploi/en-cours.csv.part' }, tools), [])
  assert.deepEqual(await names('input/emploi/'), ['input/emploi/en-cours.csv.part'])
})

test('a file that is too large to be copied stays, and why is said', async (t) => {
  const { tools, names, bucket } = await lake(t)
  const key = 'input/crime/immense.csv'
  await bucket.put(key, 'a;b\n1;2\n')
  const large = Object.create(bucket) as BucketObjects
  large.head = async (name) => {
    const found = await bucket.head(name)
    return found && { ...found, bytes: 6 * 1024 ** 3 }
  }
  large.put = (...args) => bucket.put(...args)
  assert.deepEqual(await fileAway({ key }, { ...tools, bucket: large }), [])
  assert.deepEqual(
    (await names('input/')).map((name) => name.replace(/_rejected\/[0-9a-f]{8}/, '_rejected/')),
    ['input/_rejected/_immense.csv.html', 'input/_rejected/_immense.csv.reason.json', key]
  )
})

test('two that move one file at once leave one copy', async (t) => {
  const { tools, names, bucket } = await lake(t)
  const key = 'input/crime/faits2001.csv'
  await bucket.put(key, 'a;b\n1;2\n')
  await Promise.all([1, 2, 3].map(() => fileAway({ key }, tools)))
  assert.equal((await names('raw/')).length, 1)
  assert.deepEqual(await names('input/'), [])
})

test('a notification of a name that no store has is passed over', async (t) => {
  const { tools } = await lake(t)
  for (const key of [
    'input/../x',
    'input//x',
    'input/./x',
    `input/${'x'.repeat(300)}`,
    `input/${'x/'.repeat(600)}y`,
    'input/\u0000x',
    'input/\ufffdx',
    'input/\ud800',
    'input/%00'
  ])
    assert.deepEqual(await fileAway({ key }, tools), [], JSON.stringify(key))
})
