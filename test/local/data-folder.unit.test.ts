import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { deleteDataFolder, makeDataFolder } from '../../local/data-folder.ts'
import { temporaryFolder } from '../support/stack.ts'

test('a data folder that was made for the servers is deleted with all that is in it', (t) => {
  const dataDir = join(temporaryFolder(t), 'data')
  makeDataFolder(dataDir)
  mkdirSync(join(dataDir, 'kafka'))
  makeDataFolder(dataDir)
  deleteDataFolder(dataDir)
  assert.ok(!existsSync(dataDir))
  deleteDataFolder(dataDir)
})

test('a folder that held something before is used, and never deleted', (t) => {
  const home = temporaryFolder(t)
  writeFileSync(join(home, 'thesis.txt'), 'ten years of work')
  makeDataFolder(home)
  assert.throws(() => deleteDataFolder(home), { code: 'CONFIG_INVALID', message: /was not made by Courant/ })
  assert.ok(existsSync(join(home, 'thesis.txt')))
})

test('a folder that cannot be made is refused with the setting that names it', (t) => {
  const file = join(temporaryFolder(t), 'file')
  writeFileSync(file, '')
  assert.throws(() => makeDataFolder(join(file, 'data')), {
    code: 'CONFIG_INVALID',
    message: /^COURANT_DATA_DIR: the folder .* cannot be made or written \(ENOTDIR\)/
  })
})
