import assert from 'node:assert/strict'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Position } from '../../../runtime/pipeline.ts'
import { filePositions } from '../../../runtime/files/positions.ts'

test('a position is there after a restart, and a half-written next one changes nothing', async () => {
  const folder = join(await mkdtemp(join(tmpdir(), 'courant-')), 'state')
  assert.equal(await filePositions(folder, 'p').load(), null)
  await filePositions(folder, 'p').save('7' as Position)
  await writeFile(join(folder, 'p.position.next'), 'half')
  assert.equal(await filePositions(folder, 'p').load(), '7')
})
