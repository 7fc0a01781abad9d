import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { describe, it } from 'node:test'
import { avroType } from '../../schemas/avro-type.ts'
import { recordsIn, textAt } from '../../schemas/event.ts'
import { eventList, events } from '../../schemas/events.ts'
import { masked } from '../../topics/masking.ts'

describe('events', () => {
  it('are listed, each file of theirs', () => {
    const files = readdirSync(new URL('../../schemas/applications/', import.meta.url))
      .filter((file) => file.endsWith('.avsc'))
      .map((file) => `applications.application.${file.replace('.avsc', '')}`)
    const listed = eventList.filter(({ domain }) => domain === 'applications').map(({ topic }) => topic)
    assert.deepEqual(listed.toSorted(), files.toSorted())
  })

  it('have schemas complete in themselves, with the records of neighbouring files written out', () => {
    for (const { schema } of eventList) assert.ok(avroType(schema))
    const names = recordsIn(events.claimedApplication.schema).map(({ name }) => name)
    assert.ok(names.includes('Candidate') && names.includes('ClaimedDocument'))
  })

  it('have a key, an id and a time at their paths', () => {
    const value = { application: { id: 'a' }, source: { event_at_us: 5, content_sha256: 'f' } }
    const { key, id, at } = events.submittedApplication.paths
    assert.deepEqual(
      [key, ...id, at].map((path) => textAt(value, path)),
      ['a', 'a', 'f', '5']
    )
    assert.equal(textAt(value, 'candidate.id'), '')
  })

  it('have personal data masked within lists, too', () => {
    const value = { documents: [{ id: '1', filename: 'Ada.pdf' }], candidate: { email: 'ada@example.com' } }
    assert.deepEqual(masked(value, events.submittedApplication.schema), {
      documents: [{ id: '1', filename: '‹name›' }],
      candidate: { email: '‹email›' }
    })
  })
})
