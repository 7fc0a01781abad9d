import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { importProblems } from './imports.ts'

const isRefused = (from: string, to: string) => importProblems([{ from, to }]).length > 0

describe('imports', () => {
  it('that go the wrong way are found', () => {
    for (const [from, to] of [
      ['runtime/run.ts', 'topics/topic.ts'],
      ['schemas/change.ts', 'topics/topic.ts'],
      ['sinks/index.ts', 'producers/postgres/index.ts'],
      ['cli/list.ts', 'sinks/gold/index.ts'],
      // No general room names a system, and no system another.
      ['cli/list.ts', 'systems/erp/erp-parts.ts'],
      ['edge/app.ts', 'systems/applications/application-routes.ts'],
      ['cli/verb/output.ts', 'systems/loaded.ts'],
      ['systems/loaded.ts', 'systems/erp/erp.ts'],
      ['systems/erp/erp.ts', 'systems/applications/applications.ts'],
      ['systems/erp/erp.ts', 'cli/pipelines.ts']
    ] as const)
      assert.ok(isRefused(from, to), `${from} imports ${to}`)
  })

  it('that go the right way are not', () => {
    for (const [from, to] of [
      ['topics/topic.ts', 'runtime/pipeline.ts'],
      ['cli/list.ts', 'systems/loaded.ts'],
      ['systems/index.ts', 'systems/erp/erp.ts'],
      ['systems/erp/erp.ts', 'systems/system.ts'],
      ['systems/erp/erp.ts', 'cli/verb/output.ts'],
      ['processors/index.ts', 'processors/clean-users.ts']
    ] as const)
      assert.ok(!isRefused(from, to), `${from} imports ${to}`)
  })
})
