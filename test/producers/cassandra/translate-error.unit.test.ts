import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { errors, types } from 'cassandra-driver'
import { translateError } from '../../../producers/cassandra/translate-error.ts'
import { CourantError, type ErrorCode } from '../../../runtime/errors.ts'

const { responseErrorCodes: codes } = types
const response = (code: number, message = 'no') => new errors.ResponseError(code, message)

interface Case {
  readonly error: Error
  readonly code: ErrorCode
  readonly isTooMuch: boolean
}

const cases: Record<string, Case> = {
  'a replica that is late': {
    error: response(codes.readTimeout),
    code: 'SOURCE_UNAVAILABLE',
    isTooMuch: true
  },
  'too many tombstones': { error: response(codes.readFailure), code: 'SOURCE_UNAVAILABLE', isTooMuch: true },
  'an overloaded node': { error: response(codes.overloaded), code: 'SOURCE_UNAVAILABLE', isTooMuch: true },
  'no answer in time': {
    error: new errors.OperationTimedOutError('late'),
    code: 'SOURCE_UNAVAILABLE',
    isTooMuch: true
  },
  'too few replicas': {
    error: response(codes.unavailableException),
    code: 'SOURCE_UNAVAILABLE',
    isTooMuch: false
  },
  'no node at all': {
    error: new errors.NoHostAvailableError({ '127.0.0.1:9042': new Error('ECONNREFUSED') }),
    code: 'SOURCE_UNAVAILABLE',
    isTooMuch: false
  },
  'a wrong password': {
    error: new errors.NoHostAvailableError({ '127.0.0.1:9042': new errors.AuthenticationError('bad') }),
    code: 'SOURCE_REFUSED',
    isTooMuch: false
  },
  'a data centre that is not there': {
    error: new errors.NoHostAvailableError({ '127.0.0.1:9042': new errors.ArgumentError('only found dc1') }),
    code: 'SOURCE_REFUSED',
    isTooMuch: false
  },
  'a missing right': { error: response(codes.unauthorized), code: 'SOURCE_REFUSED', isTooMuch: false },
  'a table that was dropped': { error: response(codes.invalid), code: 'SOURCE_REFUSED', isTooMuch: false }
}

describe('errors of the Cassandra driver', () => {
  for (const [name, { error, code, isTooMuch }] of Object.entries(cases))
    it(`${name} is ${code}`, () => {
      const translated = translateError(error)
      assert.ok(translated instanceof CourantError)
      assert.equal(translated.code, code)
      assert.equal(translated.details['isTooMuch'] ?? false, isTooMuch)
      assert.ok(translated.cause instanceof Error)
    })

  it('say what to do about tombstones', () => {
    const translated = translateError(response(codes.readFailure)) as CourantError
    assert.match(translated.message, /tombstones.*nodetool compact.*fewer rows/)
  })

  it('leave what is not theirs as it is', () => {
    const bug = new TypeError('a bug of ours')
    assert.equal(translateError(bug), bug)
  })
})
