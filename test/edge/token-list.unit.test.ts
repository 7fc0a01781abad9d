import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { pipelines } from '../../cli/pipelines.ts'
import { hostCheck } from '../../edge/host-names.ts'
import { isCovered, readTokens } from '../../edge/token-list.ts'
import { topicList } from '../../topics/catalogue.ts'

const digest = 'ab'.repeat(32)

describe('the list of tokens', () => {
  it('is read by lines or semicolons, with comments', () => {
    const { tokens } = readTokens(
      `# shops\nshop sha256:${digest} publish:shop publish:a.b.c until:2027-12-31; hr sha256:${'cd'.repeat(32)} publish:*`
    )
    assert.deepEqual(
      tokens?.map(({ name, publishes, until }) => [name, publishes, until?.toISOString() ?? null]),
      [
        ['shop', ['shop', 'a.b.c'], '2028-01-01T00:00:00.000Z'],
        ['hr', ['*'], null]
      ]
    )
  })

  it('says what is wrong with an entry without repeating it', () => {
    const wrong = [
      `shop sha256:canary publish:shop`,
      `shop sha256:${digest}`,
      `shop sha256:${digest} publish:`,
      `shop sha256:${digest} canary:shop`,
      `shop sha256:${digest} publish:shop until:2027-02-30`,
      `sha256:${digest} publish:shop`,
      `a sha256:${digest} publish:shop\na sha256:${digest} publish:shop`
    ]
    for (const text of wrong) {
      const { problem } = readTokens(text)
      assert.ok(problem, text)
      assert.doesNotMatch(problem, /canary/)
    }
  })

  it('never lets a scope reach topics of another system, nor those that pipelines make', () => {
    for (const topic of topicList)
      for (const other of topicList) {
        assert.equal(isCovered([other.name], topic), other === topic)
        if (isCovered([other.owner], topic))
          assert.deepEqual([topic.owner, topic.isDerived], [other.owner, false])
      }
  })

  it('knows every topic that a processor writes as one that pipelines make', () => {
    const written = new Set(
      pipelines.filter(({ kind }) => kind === 'processor').flatMap(({ writes }) => writes)
    )
    const open = topicList.filter(({ name, isDerived }) => written.has(name) && !isDerived)
    assert.ok(written.size > 0)
    assert.deepEqual(
      open.map(({ name }) => name),
      []
    )
  })
})

describe('the names under which a server is reached', () => {
  it('are none that only begin or end with ours, whatever stands around', () => {
    const check = hostCheck({ host: '127.0.0.1', names: 'events.example.com' })
    const label = fc.stringMatching(/^[a-z0-9-]{1,12}$/)
    fc.assert(
      fc.property(label, fc.constantFrom('localhost', '127.0.0.1', 'events.example.com'), (word, ours) => {
        assert.equal(check(`${ours}.${word}.example`), false)
        assert.equal(check(`${word}x.${ours}`), false)
        assert.equal(check(`${ours}:8000`), true)
      })
    )
    assert.equal(check(undefined), false)
    assert.equal(check(''), false)
    assert.equal(check('[::1]:8000'), true)
  })

  it('are any where tokens are needed and none is set', () => {
    assert.equal(hostCheck({ host: '0.0.0.0', names: '' })('courant.internal.example'), true)
    assert.equal(hostCheck({ host: '0.0.0.0', names: 'a.example' })('b.example'), false)
  })
})
