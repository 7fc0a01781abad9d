import assert from 'node:assert/strict'
import { test } from 'node:test'
import { problemOfApplication } from '../../../schemas/applications/problem-of.ts'
import { claimedApplication, claimedDocument } from '../../support/applications.ts'

const document = claimedDocument('cv', 'cv.pdf', 'content')

test('an application that exporters can use has no problem', () => {
  assert.equal(problemOfApplication(claimedApplication(1)), null)
  assert.equal(problemOfApplication(claimedApplication(1, () => ({ documents: [document] }))), null)
})

for (const [what, harm, problem] of [
  ['a hash no header takes', { documents: [{ ...document, sha256: 'é\n' }] }, 'sha256 is no SHA-256'],
  ['a claim elsewhere', { documents: [{ ...document, claim: '../../x' }] }, 'claim cannot name an object'],
  ['a text that is no JSON', { candidate_profile: { skills: '{' } }, 'skills is no JSON']
] as const)
  test(`${what} is a problem of that application alone`, () => {
    const value = { ...claimedApplication(1), ...harm }
    assert.match(problemOfApplication(value) ?? '', new RegExp(problem))
  })
