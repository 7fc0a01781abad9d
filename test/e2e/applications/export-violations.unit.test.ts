import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClaimedVersion, type ExportEvidence, exportViolations } from './export-violations.ts'

const version = (place: string, hash: string, readAtUs: number): ClaimedVersion => ({
  place,
  hash,
  moment: { read_at_us: readAtUs, snapshot_xmax: readAtUs, snapshot_in_progress: 0 },
  documents: `pdf-${hash}`
})

const versions = [version('d1/a', 'A1', 1), version('d2/a', 'A2', 20), version('d1/b', 'B', 3)]
const places = (...entries: readonly (readonly [string, string])[]) => new Map(entries)
const hashes = places(['d1/a', 'A1'], ['d2/a', 'A2'], ['d1/b', 'B'])
const documents = places(['d1/a', 'pdf-A1'], ['d2/a', 'pdf-A2'], ['d1/b', 'pdf-B'])
const facts = places(['d1/a', 'x'], ['d2/a', 'y'], ['d1/b', 'z'])

const sound: ExportEvidence = {
  accepted: versions,
  submitted: [...versions, version('d1/b', 'B', 4)],
  claimed: versions,
  source: {
    json: places(['d2/a', '{a}'], ['d1/b', '{b}']),
    documents: places(['d2/a', 'pdf-A2'], ['d1/b', 'pdf-B'])
  },
  raw: { hashes, json: places(['d1/a', '{old}'], ['d2/a', '{a}'], ['d1/b', '{b}']), documents, facts },
  curated: { hashes, documents, facts },
  features: { facts, rows: 3 },
  called: new Set(['a.A1', 'a.A2']),
  deadLetters: ['azure.applications-function.dead/b']
}
const refused = new Set(['b'])
const without = (map: ReadonlyMap<string, string>, place: string) =>
  new Map([...map].filter(([one]) => one !== place))
const changed = (map: ReadonlyMap<string, string>, place: string) => new Map([...map, [place, 'other']])

test('a sound world has no violation, whatever was submitted twice', () => {
  assert.deepEqual(exportViolations(sound, refused), [])
})

/** What is planted, and the violation that must be found. */
const planted: Readonly<Record<string, readonly [Partial<ExportEvidence>, RegExp]>> = {
  'an accepted version that is not in the topic': [
    { accepted: [...versions, version('d1/c', 'C', 9)] },
    /accepted versions are not in the topic.*d1\/c/
  ],
  'a version that stayed unclaimed': [
    { claimed: versions.slice(1), called: sound.called },
    /submitted versions were never claimed/
  ],
  'a lost JSON': [
    { raw: { ...sound.raw, hashes: without(hashes, 'd1/a') } },
    /submitted last are not in raw.*d1\/a/
  ],
  'an invented JSON': [
    { raw: { ...sound.raw, hashes: changed(hashes, 'd9/x') } },
    /in raw are not of versions.*d9\/x/
  ],
  'an older version in the place of a newer one': [
    { submitted: [...versions, version('d1/a', 'A9', 9)] },
    /in raw differ from versions.*d1\/a/
  ],
  'a JSON that differs from the database': [
    { raw: { ...sound.raw, json: changed(sound.raw.json, 'd1/b') } },
    /in raw differ from the database.*d1\/b/
  ],
  'a document that is missing': [
    { raw: { ...sound.raw, documents: without(documents, 'd2/a') } },
    /of the database are not in documents.*d2\/a/
  ],
  'another content of a document': [
    { raw: { ...sound.raw, documents: changed(documents, 'd1/a') } },
    /in documents differ from claimed/
  ],
  'a curated JSON that fell behind': [
    { curated: { ...sound.curated, hashes: changed(hashes, 'd1/b') } },
    /in curated differ from versions/
  ],
  'curated that disagrees with raw': [
    { curated: { ...sound.curated, facts: changed(facts, 'd1/b') } },
    /in curated differ from raw/
  ],
  'a lost row of features': [
    { features: { facts: without(facts, 'd1/a'), rows: 2 } },
    /of raw are not in features/
  ],
  'a doubled row of features': [{ features: { facts, rows: 4 } }, /4 rows of 3 applications/],
  'a version the function never heard of': [{ called: new Set(['a.A2']) }, /not told to the function.*d1\/a/],
  'a dead letter of somebody else': [
    { deadLetters: [...sound.deadLetters, 'azure.applications-function.dead/a'] },
    /dead letters should not be there.*dead\/a/
  ],
  'a dead letter of another pipeline': [
    { deadLetters: [...sound.deadLetters, 'azure.applications-raw.dead/b'] },
    /dead letters should not be there.*raw/
  ],
  'a refused call that is nowhere': [{ deadLetters: [] }, /refused calls are in no dead-letter topic.*b/]
}

for (const [what, [change, violation]] of Object.entries(planted))
  test(`finds ${what}`, () => {
    assert.match(exportViolations({ ...sound, ...change }, refused).join('\n'), violation)
  })
