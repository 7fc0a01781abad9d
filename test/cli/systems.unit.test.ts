import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pipelines, pipelinesNamed, whatIsOff } from '../../cli/pipelines.ts'
import { CourantError } from '../../runtime/errors.ts'
import { isOn, loadedSystems } from '../../systems/loaded.ts'

/** Whoever clones this adds others. */
const ours = ['activity', 'applications', 'cv', 'files']

const systemOf = (name: string) =>
  loadedSystems.find((system) => system.pipelines?.some((pipeline) => pipeline.name === name))?.name ?? ''

const systemsOf = (env: Record<string, string>, ...patterns: string[]) => [
  ...new Set(
    pipelinesNamed(patterns, env)
      .map(({ name }) => systemOf(name))
      .filter((name) => ours.includes(name))
  )
]

describe('the systems whose pipelines run', () => {
  it('are those that are configured', () => {
    assert.deepEqual(systemsOf({}), ['activity'])
    assert.deepEqual(systemsOf({ WEBHOOK_SECRET: '' }), ['activity', 'applications'])
    assert.deepEqual(systemsOf({ COURANT_APPLICATIONS_DATABASE_URL: 'x' }), ['activity', 'applications'])
    assert.match(whatIsOff({}).join(), /applications is off: set .*WEBHOOK_SECRET/)
    assert.match(whatIsOff({}).join(), /erp is off: set COURANT_PROGRESS_ODBC or COURANT_ODS_URL/)
    assert.deepEqual(systemsOf({ COURANT_CV_DATABASE_URL: 'x' }), ['activity', 'cv'])
    assert.deepEqual(systemsOf({ COURANT_FILES_BUCKET: 'x' }), ['activity', 'files'])
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

  it('are of one name each, and so are their pipelines', () => {
    const names = [loadedSystems, pipelines].map((all) => all.map(({ name }) => name))
    for (const all of names) assert.equal(new Set(all).size, all.length)
  })

  it('have Gold with any of their tables, since it publishes the Silver views', () => {
    const gold = { name: 'gold', runsWith: ['activity', 'shop'] }
    assert.equal(isOn(gold, { COURANT_SYSTEMS: 'shop' }), true)
    assert.equal(isOn(gold, { COURANT_SYSTEMS: 'applications' }), false)
    assert.deepEqual(loadedSystems.find(({ name }) => name === 'gold')?.runsWith?.includes('activity'), true)
  })

  it('do not run what a verb of their own runs', () => {
    assert.throws(() => pipelinesNamed(['ods.client']), /ods\.client is run by `courant etl load`/)
  })
})
