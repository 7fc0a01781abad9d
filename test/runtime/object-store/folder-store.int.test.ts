import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
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
})
