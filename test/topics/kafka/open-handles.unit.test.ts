import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OpenHandles } from '../../../topics/kafka/open-handles.ts'

/** Something that counts how often it was closed. */
class Handle {
  closed = 0
  async close(): Promise<void> {
    this.closed++
  }
}

test('what was closed is not kept', async () => {
  const handles = new OpenHandles()
  for (let round = 0; round < 3; round++) {
    const handle = await handles.keep(Promise.resolve(new Handle()))
    await handle.close()
    assert.equal(handle.closed, 1)
  }
  assert.equal(handles.size, 0)
})

test('what is open is closed with the client, and what opens later at once', async () => {
  const handles = new OpenHandles()
  const open = await handles.keep(Promise.resolve(new Handle()))
  const late = Promise.withResolvers<Handle>()
  const keeping = handles.keep(late.promise)
  await handles.close()
  const handle = new Handle()
  late.resolve(handle)
  await assert.rejects(keeping, { code: 'TOPICS_UNAVAILABLE' })
  assert.deepEqual([open.closed, handle.closed, handles.size], [1, 1, 0])
})
