import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CourantError } from '../../../runtime/errors.ts'
import { memoryRegistry } from '../../../topics/registry/memory.ts'
import { patientRegistry } from '../../../topics/registry/patient-registry.ts'
import type { Registry } from '../../../topics/registry/registry.ts'

const schema = { type: 'record', name: 'R', namespace: 'test', doc: '', fields: [] } as const
const unavailable = () =>
  new CourantError('REGISTRY_UNAVAILABLE', 'The registry does not answer as it should')

/** A registry that cannot take more than a few requests at once, and fails each the first time. */
function coldRegistry(most: number): Registry {
  const inner = memoryRegistry()
  const seen = new Set<string>()
  let running = 0
  return {
    ...inner,
    idOf: inner.idOf.bind(inner),
    typeOf: inner.typeOf.bind(inner),
    versionsOf: inner.versionsOf.bind(inner),
    async register(subject, registered) {
      running += 1
      await new Promise((resolve) => setImmediate(resolve))
      const isTooMuch = running > most
      running -= 1
      if (isTooMuch || !seen.has(subject)) {
        seen.add(subject)
        throw unavailable()
      }
      return inner.register(subject, registered)
    }
  }
}

test('a cold registry is asked little at once, and again: all schemas are registered', async () => {
  const registry = patientRegistry(coldRegistry(3), { withinMs: 60_000 })
  const subjects = Array.from({ length: 30 }, (_, i) => `s${i}-value`)
  const ids = await Promise.all(subjects.map((subject) => registry.register(subject, schema)))
  assert.equal(ids.length, 30)
  for (const subject of subjects) assert.equal((await registry.versionsOf(subject)).length, 1)
})

test('what no patience mends is thrown at once, and lets the others go on', async () => {
  const registry = patientRegistry(memoryRegistry(), { withinMs: 60_000, atOnce: 1 })
  await Promise.all(
    [1, 2, 3].map(() => assert.rejects(registry.idOf('none-value', schema), { code: 'SCHEMA_MISSING' }))
  )
})

test('a registry that stays away is given up after the time, with its own error', async () => {
  const away = { ...memoryRegistry(), idOf: () => Promise.reject(unavailable()) }
  await assert.rejects(patientRegistry(away, { withinMs: 50 }).idOf('a', schema), {
    code: 'REGISTRY_UNAVAILABLE'
  })
})
