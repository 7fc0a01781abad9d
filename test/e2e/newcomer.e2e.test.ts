import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { CourantProcess } from '../support/courant-process.ts'
import { eventually } from '../support/eventually.ts'
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

test('Ctrl-C while the demo starts its servers ends it at once, instead of when everything runs', async (t) => {
  const { folder, env } = newcomer(t)
  const demo = new CourantProcess('demo', { args: ['demo'], env, logFile: join(folder, 'demo.log') })
  demo.start()
  await eventually(() => /ready in/.test(demo.output()), { timeoutMs: 60_000, what: 'the first server runs' })
  assert.equal(await demo.end('SIGINT'), 'SIGINT')
  assert.doesNotMatch(demo.output(), /sample|live/)
})
