import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pipelines, pipelinesNamed, runs, whatIsOff } from '../../cli/pipelines.ts'
import { systemOf } from '../../cli/systems.ts'
import { CourantError } from '../../runtime/errors.ts'
import { tables } from '../../schemas/tables.ts'
import { goldPipeline } from '../../sinks/gold/index.ts'

/** Whoever clones this adds others. */
const ours = ['activity', 'applications']

const systemsOf = (env: Record<string, string>, ...patterns: string[]) => [
  ...new Set(
    pipelinesNamed(patterns, env)
      .map(systemOf)
      .filter((name) => ours.includes(name))
  )
]

describe('the systems whose pipelines run', () => {
  it('are those that are configured', () => {
    assert.deepEqual(systemsOf({}), ['activity'])
    assert.deepEqual(systemsOf({ WEBHOOK_SECRET: '' }), ['activity', 'applications'])
    assert.deepEqual(systemsOf({ COURANT_APPLICATIONS_DATABASE_URL: 'x' }), ['activity', 'applications'])
    assert.match(whatIsOff({}).join(), /applications is off: set .*WEBHOOK_SECRET/)
  })

  it('are those that are named, if any are', () => {
    assert.deepEqual(systemsOf({ COURANT_SYSTEMS: 'applications' }), ['applications'])
    assert.deepEqual(systemsOf({ COURANT_SYSTEMS: 'activity', WEBHOOK_SECRET: 'x' }), ['activity'])
    assert.throws(
      () => systemsOf({ COURANT_SYSTEMS: 'activities' }),
      (error: CourantError) => /names activities, which is none of/.test(error.message)
    )
  })

  it('are all that a pattern means, but a full name means its pipeline whatever is on', () => {
    assert.deepEqual(systemsOf({}, 'postgres.*'), ['activity'])
    assert.deepEqual(systemsOf({}, 'postgres.applications'), ['applications'])
    assert.throws(() => systemsOf({ COURANT_SYSTEMS: 'applications' }, 'silver.*'), CourantError)
  })

  it('have every pipeline', () => {
    assert.ok(pipelines.every((pipeline) => systemOf(pipeline) !== ''))
  })

  it('have Gold with any of their tables, since it publishes the Silver views', () => {
    const env = { COURANT_SYSTEMS: 'shop' }
    assert.equal(runs(goldPipeline, env, [{ ...tables.users, domain: 'shop' }]), true)
    assert.equal(runs(goldPipeline, env, [tables.users]), false)
  })
})
