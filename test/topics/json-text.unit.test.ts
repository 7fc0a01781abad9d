import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { readJson } from '../../topics/json-text.ts'

const problemWith = (text: string | Buffer) => readJson(Buffer.from(text)).problem

/** Any JSON but what is refused as poisoned, which fast-check makes now and then, and a test below is about. */
const harmless = (constraints: Parameters<typeof fc.jsonValue>[0] = {}) =>
  fc.jsonValue(constraints).filter((value) => !/"(?:__proto__|constructor)":/.test(JSON.stringify(value)))

describe('JSON from outside', () => {
  it('is read as it is, whatever its keys and texts hold', () => {
    fc.assert(
      fc.property(harmless({ noUnicodeString: false, maxDepth: 5 }), (value) => {
        // JSON has no -0 and no undefined: what it says is what is compared.
        const text = JSON.stringify(value)
        assert.deepEqual(readJson(Buffer.from(text)), { value: JSON.parse(text) })
        assert.deepEqual(readJson(Buffer.from(JSON.stringify(value, null, '\t'))), {
          value: JSON.parse(text)
        })
      })
    )
  })

  it('is refused where a key stands twice, anywhere', () => {
    const name = fc.string({ minLength: 1 }).filter((key) => key !== '__proto__' && key !== 'constructor')
    fc.assert(
      fc.property(name, harmless(), harmless(), (key, one, other) => {
        const twice = `{${JSON.stringify(key)}:${JSON.stringify(one)},${JSON.stringify(key)}:${JSON.stringify(other)}}`
        for (const text of [twice, `[1,${twice}]`, `{"a":{"b":${twice}}}`])
          assert.match(problemWith(text) ?? '', /twice/)
      })
    )
    assert.match(problemWith('{"a":1,"\\u0061":2}') ?? '', /twice/)
  })

  it('is refused where bytes are no UTF-8, whatever stands around them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 8 }), (bytes) => {
        const body = Buffer.concat([Buffer.from('{"name":"caf'), bytes, Buffer.from('"}')])
        const { value, problem } = readJson(body)
        // Either it is refused, or every byte can be had back.
        if (problem === undefined) assert.ok(Buffer.from(JSON.stringify(value)).length > 0)
        if (problem === undefined && !body.includes('\\'))
          assert.ok(body.equals(Buffer.from(JSON.stringify(value))))
      })
    )
    assert.match(problemWith(Buffer.from('"caf\xe9"', 'latin1')) ?? '', /UTF-8/)
    assert.deepEqual(readJson(Buffer.from('\ufeff"a"')), { value: 'a' })
  })

  it('is refused with half a surrogate pair, numbers beyond all and poisoned keys', () => {
    for (const text of ['"x\\ud800y"', '{"\\udc00":1}', '["\\ud800\\ud800"]'])
      assert.match(problemWith(text) ?? '', /surrogate/)
    assert.equal(problemWith('"\\ud83d\\ude00"'), undefined)
    assert.match(problemWith('{"a":[1e999]}') ?? '', /number/)
    assert.match(problemWith('{"a":[{"__proto__":{}}]}') ?? '', /poisoned/)
    assert.match(problemWith('{"constructor":{"prototype":{}}}') ?? '', /poisoned/)
  })

  it('is looked through however deep it is', () => {
    const depth = 200_000
    assert.equal(problemWith('['.repeat(depth) + ']'.repeat(depth)), undefined)
    assert.match(problemWith('['.repeat(depth)) ?? '', /JSON/)
  })
})
