import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import * as fc from 'fast-check'
import { CourantError } from '../../runtime/errors.ts'
import { bytesContent, fileContent } from '../../runtime/object-store/content.ts'
import { type ObjectStore, readText } from '../../runtime/object-store/object-store.ts'
import { hostileNames } from '../support/hostile-names.ts'
import { unique } from '../support/unique.ts'

const seed = Number(process.env['COURANT_TEST_SEED'] ?? Date.now() % 1_000_000)

const byBytes = (one: string, other: string) => Buffer.compare(Buffer.from(one), Buffer.from(other))

const text = (value: string) => bytesContent(value)

async function namesIn(store: ObjectStore, prefix: string): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of store.list(prefix)) names.push(name)
  return names
}

/** What every object store promises. Run it from each implementation's own test file. */
export function objectStoreContract(describes: string, start: () => Promise<ObjectStore>): void {
  describe(`${describes} keeps the object store contract`, () => {
    let store: ObjectStore
    let folder: string
    const fresh = () => unique('contract')

    before(async () => {
      store = await start()
      folder = await mkdtemp(join(tmpdir(), 'courant-object-store-'))
    })
    after(() => rm(folder, { recursive: true, force: true }))

    it('says null, and not an error, of what is not there', async () => {
      const name = `${fresh()}/absent.csv`
      assert.equal(await store.head(name), null)
      assert.equal(await store.get(name), null)
      assert.equal(await store.copyTo(name, join(folder, unique('absent'))), false)
      assert.deepEqual(await namesIn(store, name), [])
      await store.delete(name)
    })

    it('gives back content, size, etag and metadata of what was put', async () => {
      const name = `${fresh()}/a b/ü+%&=~(x)'!.csv`
      const etag = await store.put(name, text('a,b\r\n'), { metadata: { first: '1', 'row-count': '2' } })
      const info = await store.head(name)
      assert.ok(etag)
      assert.equal(info?.etag, etag)
      assert.equal(info.size, 5)
      assert.deepEqual([info.metadata['first'], info.metadata['row-count']], ['1', '2'])
      assert.ok(Math.abs(info.modifiedAt.getTime() - Date.now()) < 60_000)
      assert.equal(await readText(store, name), 'a,b\r\n')
    })

    it('stores nothing at all of length zero, and much from a file', async () => {
      const prefix = fresh()
      await store.put(`${prefix}/empty`, text(''))
      assert.equal((await store.head(`${prefix}/empty`))?.size, 0)
      const file = join(folder, unique('large'))
      await writeFile(file, Buffer.alloc(9_000_000, 'courant '))
      const content = await fileContent(file)
      await store.put(`${prefix}/large`, content)
      const copy = join(folder, unique('copy'))
      assert.equal(await store.copyTo(`${prefix}/large`, copy), true)
      assert.equal((await fileContent(copy)).sha256, content.sha256)
    })

    it('creates a name once', async () => {
      const name = `${fresh()}/once`
      assert.ok(await store.put(name, text('first'), { ifNoneMatch: '*', metadata: { writer: 'first' } }))
      assert.equal(await store.put(name, text('other'), { ifNoneMatch: '*' }), null)
      assert.equal(await readText(store, name), 'first')
      assert.equal((await store.head(name))?.metadata['writer'], 'first')
    })

    it('replaces only the version it was told', async () => {
      const name = `${fresh()}/replaced`
      const one = await store.put(name, text('one'))
      assert.ok(one)
      assert.equal(await store.put(`${name}-absent`, text('x'), { ifMatch: one }), null)
      const two = await store.put(name, text('two'), { ifMatch: one, metadata: { version: '2' } })
      assert.ok(two)
      assert.equal(await store.put(name, text('six'), { ifMatch: one }), null)
      assert.equal(await readText(store, name), 'two')
      assert.equal((await store.head(name))?.metadata['version'], '2')
      assert.ok(await store.put(name, text('whatever')))
      assert.equal(await readText(store, name), 'whatever')
    })

    it('lets exactly one of many creators win, whole', async () => {
      for (let round = 0; round < 5; round++) {
        const name = `${fresh()}/race`
        const etags = await Promise.all(
          Array.from({ length: 8 }, (_, n) =>
            store.put(name, text(`writer ${n}`), { ifNoneMatch: '*', metadata: { n: String(n) } })
          )
        )
        const winners = etags.flatMap((etag, n) => (etag === null ? [] : [n]))
        assert.equal(winners.length, 1)
        assert.equal(await readText(store, name), `writer ${winners[0]}`)
        assert.equal((await store.head(name))?.metadata['n'], String(winners[0]))
      }
    })

    it('lets exactly one of many replacers of a version win', async () => {
      const name = `${fresh()}/race`
      let etag = await store.put(name, text('start'))
      for (let round = 0; round < 5; round++) {
        const ifMatch = etag ?? ''
        const etags = await Promise.all(
          Array.from({ length: 6 }, (_, n) => store.put(name, text(`round ${round}, ${n}`), { ifMatch }))
        )
        const winners = etags.flatMap((won, n) => (won === null ? [] : [n]))
        assert.equal(winners.length, 1)
        assert.equal(await readText(store, name), `round ${round}, ${winners[0]}`)
        etag = etags.find((won) => won !== null) ?? null
      }
    })

    it('reads only the version it was told', async () => {
      const name = `${fresh()}/versions`
      const one = (await store.put(name, text('one'))) ?? ''
      const copy = join(folder, unique('copy'))
      assert.equal(await store.copyTo(name, copy, { ifMatch: one }), true)
      await store.put(name, text('two'))
      assert.equal(await store.get(name, { ifMatch: one }), null)
      assert.equal(await store.copyTo(name, join(folder, unique('copy')), { ifMatch: one }), false)
      assert.equal(await readFile(copy, 'utf8'), 'one')
    })

    it('lists what starts with a prefix, in the order of names', async () => {
      const prefix = fresh()
      const names = ['b', 'a-b', 'a/b', 'a/b-c/d', 'a.b', 'a0', 'A', 'ä'].map((name) => `${prefix}/${name}`)
      for (const name of names) await store.put(name, text(name))
      const sorted = names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
      assert.deepEqual(await namesIn(store, `${prefix}/`), sorted)
      const within = sorted.filter((name) => name.startsWith(`${prefix}/a`))
      assert.deepEqual(await namesIn(store, `${prefix}/a`), within)
      await store.delete(`${prefix}/a/b`)
      assert.deepEqual(await namesIn(store, `${prefix}/a/`), [`${prefix}/a/b-c/d`])
    })

    it('lists another version once an object was replaced', async () => {
      const name = `${fresh()}/version`
      const versions = async () => {
        const found: string[] = []
        for await (const { version } of store.list(name)) found.push(version)
        return found
      }
      await store.put(name, text('one'))
      const [first] = await versions()
      assert.deepEqual(await versions(), [first])
      await store.put(name, text('two'))
      assert.notDeepEqual(await versions(), [first])
    })

    it('refuses names that could leave the store', async () => {
      for (const name of [
        '../a',
        'a/../b',
        '/a',
        'a//b',
        'a/',
        '',
        'a\\b',
        'a\0b',
        'a\nb',
        '.courant/x',
        'a/.b'
      ])
        for (const action of [
          () => store.head(name),
          () => store.put(name, text('')),
          () => store.delete(name)
        ])
          await assert.rejects(
            async () => action(),
            (error) => error instanceof CourantError && error.code === 'TARGET_REFUSED',
            JSON.stringify(name)
          )
    })

    it(`keeps any name as it is or refuses it (seed ${seed})`, async () => {
      const place = fresh()
      const taken: string[] = []
      for (const odd of new Set(fc.sample(hostileNames, { numRuns: 40, seed }))) {
        // Each in a folder of its own: one name may be the folder of another.
        const name = `${place}/${taken.length}/${odd}`
        const etag = await store.put(name, text(odd)).catch((error: unknown) => {
          assert.ok(error instanceof CourantError && error.code === 'TARGET_REFUSED', JSON.stringify(name))
        })
        if (!etag) continue
        assert.equal(await readText(store, name), Buffer.from(odd).toString())
        taken.push(name)
      }
      assert.ok(taken.length > 0)
      assert.deepEqual(await namesIn(store, `${place}/`), taken.toSorted(byBytes))
    })
  })
}
