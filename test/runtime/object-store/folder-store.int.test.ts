import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { bytesContent, fileContent } from '../../../runtime/object-store/content.ts'
import { FolderStore } from '../../../runtime/object-store/folder-store.ts'
import { objectStoreContract } from '../../contracts/object-store.contract.ts'
import { eventually } from '../../support/eventually.ts'

let root: string
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'courant-folder-store-'))
})
after(() => rm(root, { recursive: true, force: true }))

objectStoreContract('the folder store', () => FolderStore.open(join(root, 'contract')))

async function objectsIn(store: FolderStore): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of store.list('')) names.push(name)
  return names
}

describe('the folder store', () => {
  it('shows no half object after kill -9 in the middle of puts', async () => {
    const folder = join(root, 'killed')
    const staging = join(folder, '.courant/staging')
    for (const puts of [2, 5, 8, 11]) {
      const writer = spawn(process.execPath, [join(import.meta.dirname, 'putting-process.ts'), folder], {
        stdio: ['ignore', 'pipe', 'inherit']
      })
      let done = 0
      writer.stdout.on('data', (data: Buffer) => (done += data.toString().split('\n').length - 1))
      await eventually(async () => done >= puts && (await readdir(staging)).length > 0)
      writer.kill('SIGKILL')
      await once(writer, 'exit')
    }
    assert.ok((await readdir(staging)).length > 0, 'no put was cut short')
    const store = await FolderStore.open(folder)
    const names = await objectsIn(store)
    assert.ok(names.length > 0)
    for (const name of names) {
      const info = await store.head(name)
      assert.equal((await fileContent(join(folder, name))).sha256, info?.etag)
      assert.equal(info?.metadata['whole'], 'yes')
    }
    // Nobody is locked out by the dead.
    assert.ok(
      await store.put(names[0] ?? '', bytesContent('after'), {
        ifMatch: (await store.head(names[0] ?? ''))?.etag ?? ''
      })
    )
  })

  it('leaves nothing behind of a put that failed, so that a full disk is not filled by what could not be stored', async () => {
    const folder = join(root, 'failed')
    const store = await FolderStore.open(folder)
    const gone = { size: 1, sha256: '', source: { file: join(root, 'is-not-there') } }
    await assert.rejects(store.put('a.txt', gone))
    assert.deepEqual(await readdir(join(folder, '.courant/staging')), [])
  })

  it('takes a file that was put there by hand for an object without metadata', async () => {
    const store = await FolderStore.open(join(root, 'by-hand'))
    await writeFile(join(root, 'by-hand', 'note.txt'), 'hello')
    const info = await store.head('note.txt')
    assert.equal(info?.etag, bytesContent('hello').sha256)
    assert.deepEqual(info?.metadata, {})
  })

  it('keeps no second file beside an object, whatever becomes of it', async () => {
    const folder = join(root, 'alone')
    const store = await FolderStore.open(folder)
    const etag = await store.put('a/one', bytesContent('1'), { ifNoneMatch: '*', metadata: { n: '1' } })
    await store.put('a/one', bytesContent('2'), { ifMatch: etag ?? '', metadata: { n: '2' } })
    await store.put('a/two', bytesContent('3'))
    await store.delete('a/two')
    assert.deepEqual(await readdir(join(folder, 'a')), ['one'])
    assert.deepEqual((await store.head('a/one'))?.metadata, { n: '2' })
  })

  it('reads what an earlier version kept beside each object, also in a copy, and removes it with the object', async () => {
    const folder = join(root, 'older')
    const store = await FolderStore.open(folder)
    for (const name of ['one', 'two']) {
      await writeFile(join(folder, name), name)
      const { ino } = await stat(join(folder, name))
      const facts = { etag: bytesContent(name).sha256, size: 3, metadata: { name } }
      // Of the second, the folder was copied since: its inode is another one.
      await writeFile(
        join(folder, `.${name}~${name === 'one' ? ino : ino + 1_000_000}.json`),
        JSON.stringify(facts)
      )
      assert.deepEqual((await store.head(name))?.metadata, { name })
    }
    const etag = (await store.head('one'))?.etag ?? ''
    assert.ok(await store.put('one', bytesContent('new'), { ifMatch: etag, metadata: { name: 'new' } }))
    assert.deepEqual((await store.head('one'))?.metadata, { name: 'new' })
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.startsWith('.one')),
      []
    )
  })

  it('knows its objects in a copy of it, and goes on in a copy that was put in its place', async () => {
    const [folder, copy] = [join(root, 'copied'), join(root, 'copy')]
    const store = await FolderStore.open(folder)
    const put = (name: string) => store.put(name, bytesContent(name), { metadata: { name } })
    await put('before')
    await cp(folder, copy, { recursive: true })
    assert.deepEqual((await (await FolderStore.open(copy)).head('before'))?.metadata, { name: 'before' })
    await put('after')
    await rm(folder, { recursive: true })
    await cp(copy, folder, { recursive: true })
    assert.equal(await store.head('after'), null)
    assert.deepEqual((await store.head('before'))?.metadata, { name: 'before' })
    await put('again')
    const other = await FolderStore.open(folder)
    for (const name of ['before', 'again']) assert.deepEqual((await other.head(name))?.metadata, { name })
  })

  it('is written by many processes and callers at once, from the first moment on', async () => {
    const folder = join(root, 'shared')
    const stores = await Promise.all(Array.from({ length: 4 }, () => FolderStore.open(folder)))
    const names = Array.from({ length: 40 }, (_, n) => `t/${n}`)
    await Promise.all(
      names.map(async (name, n) =>
        stores[n % 4]?.put(name, bytesContent(name), { ifNoneMatch: '*', metadata: { name } })
      )
    )
    for (const name of names) assert.deepEqual((await stores[0]?.head(name))?.metadata, { name })
  })

  it('says what to do when what it keeps of objects is damaged', async () => {
    const folder = join(root, 'damaged')
    const store = await FolderStore.open(folder)
    await writeFile(join(folder, '.courant/facts.sqlite'), 'no database at all'.repeat(1000))
    await assert.rejects(store.put('a', bytesContent('a')), { code: 'TARGET_REFUSED', message: /backup/ })
  })
})
