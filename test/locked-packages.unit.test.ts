import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { lockProblems } from './locked-packages.ts'

const integrity = 'sha512-AAAA'
const problemsWith = (entry: object) =>
  lockProblems(JSON.stringify({ packages: { '': {}, 'node_modules/a/node_modules/@b/c': entry } }))

describe('the lock of packages', () => {
  it('names every package without a hash, from elsewhere, or under a licence that nobody has looked at', () => {
    assert.deepEqual(problemsWith({ integrity, license: 'MIT' }), [])
    assert.deepEqual(problemsWith({ integrity, license: '(GPL-3.0 OR MIT)' }), [])
    assert.match(problemsWith({ license: 'MIT' }).join(), /^@b\/c has no SHA-512/)
    assert.match(problemsWith({ integrity: 'sha1-AAAA', license: 'MIT' }).join(), /SHA-512/)
    assert.match(
      problemsWith({ integrity, license: 'MIT', resolved: 'git+ssh://example.com/c.git' }).join(),
      /address/
    )
    assert.match(problemsWith({ integrity, license: 'AGPL-3.0' }).join(), /AGPL/)
    assert.match(problemsWith({ integrity }).join(), /no licence/)
    assert.match(problemsWith({ integrity, license: 'MPL-2.0' }).join(), /MPL/)
    assert.deepEqual(problemsWith({ integrity, license: 'MPL-2.0', dev: true }), [])
  })

  it('has nothing wrong', () => assert.deepEqual(lockProblems(), []))
})
