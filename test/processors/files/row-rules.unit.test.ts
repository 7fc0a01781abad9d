import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rowRule } from '../../../processors/files/contract/row-rules.ts'

const row: Readonly<Record<string, number | null>> = {
  inscrits: 100,
  votants: 120,
  blancs: 5,
  exprimes: 115,
  vide: null,
  '*': 114
}
const broken = (rule: string) => rowRule(rule).broken((name) => row[name] ?? null)

test('a rule says both sides where it does not hold, and nothing where it does or a value is missing', () => {
  assert.equal(broken('votants <= inscrits'), '120 <= 100')
  assert.equal(broken('votants = exprimes + blancs'), null)
  assert.equal(broken('votants = exprimes - blancs'), '120 = 110')
  assert.equal(broken('sum(*) = exprimes'), '114 = 115')
  assert.equal(broken('sum(*) = exprimes ± 1'), null)
  assert.equal(broken('votants / inscrits * 100 <= 120'), null)
  assert.equal(broken('vide <= inscrits'), null)
})

test('a rule that is not understood says how one is written', () => {
  assert.throws(() => rowRule('votants inscrits'), /two sums of columns/)
  assert.throws(() => rowRule('Votants Blancs <= inscrits'), /two sums of columns/)
})
