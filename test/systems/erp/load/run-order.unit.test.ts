import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inRunOrder, loadInOrder, type Prioritised } from '../../../../systems/erp/load/run-order.ts'

const tables: readonly Prioritised[] = [
  { tableName: 'produit', priority: 'normal' },
  { tableName: 'lignecli', priority: 'critical' },
  { tableName: 'fournis', priority: 'high' },
  { tableName: 'client', priority: 'critical' }
]
const never = new AbortController().signal

async function outcomes(failing: string, continueOnError = false): Promise<Record<string, string>> {
  const load = async ({ tableName }: Prioritised) => tableName !== failing
  const attempts = await loadInOrder(tables, { load, continueOnError, signal: never })
  return Object.fromEntries(attempts.map(({ table, outcome }) => [table.tableName, outcome]))
}

describe('the order of a run', () => {
  it('is critical, high, normal, and by name within each', () => {
    const names = inRunOrder(tables).map(({ tableName }) => tableName)
    assert.deepEqual(names, ['client', 'lignecli', 'fournis', 'produit'])
  })

  it('ends with a failed critical table, unless told otherwise', async () => {
    const failed = { client: 'failed', lignecli: 'skipped', fournis: 'skipped', produit: 'skipped' }
    assert.deepEqual(await outcomes('client'), failed)
    const rest = { lignecli: 'succeeded', fournis: 'succeeded', produit: 'succeeded' }
    assert.deepEqual(await outcomes('client', true), { client: 'failed', ...rest })
  })

  it('goes on after another table has failed', async () => {
    const rest = { client: 'succeeded', lignecli: 'succeeded', produit: 'succeeded' }
    assert.deepEqual(await outcomes('fournis'), { fournis: 'failed', ...rest })
  })

  it('skips what is left once it is told to stop', async () => {
    const stop = new AbortController()
    const load = async () => {
      stop.abort()
      return true
    }
    const attempts = await loadInOrder(tables, { load, continueOnError: false, signal: stop.signal })
    assert.deepEqual(
      attempts.map(({ outcome }) => outcome),
      ['succeeded', 'skipped', 'skipped', 'skipped']
    )
  })
})
