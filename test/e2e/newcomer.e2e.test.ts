import assert from 'node:assert/strict'
import { test } from 'node:test'
import { courantUp, newcomer } from '../support/newcomer.ts'
import { runCourant } from '../support/run-courant.ts'

test('a newcomer: courant up --sample, topics apply, check, run, gold show, with nothing set', async (t) => {
  const someone = newcomer(t)
  await courantUp(t, someone, '--sample', 'kafka', 'registry', 'postgres', 'cassandra')
  const courant = async (...args: string[]) => {
    const { code, out, err } = await runCourant(args, { env: someone.env })
    assert.equal(code, 0, `courant ${args.join(' ')}: ${out}${err}`)
    assert.match(
      err,
      /^courant: uses kafka, registry, postgres, cassandra of the local stack \(.*stack\.env\)$/m
    )
    return out
  }
  await courant('topics', 'apply')
  assert.match(await courant('check'), /pipelines can run\.$/m)
  assert.match(await courant('doctor'), /^Everything is in place\.$/m)
  await courant('run', '--once')
  const gold = JSON.parse(await courant('gold', 'show', '--json'))
  assert.ok(gold.global_user_activity_per_day.length > 0)
  assert.match(await courant('lag'), /clean-users/)
})
