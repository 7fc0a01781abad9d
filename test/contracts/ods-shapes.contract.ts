import assert from 'node:assert/strict'
import { before, describe, it, type TestContext } from 'node:test'

import { type Environment, settingsFrom } from '../../runtime/settings.ts'
import { migrate } from '../../sinks/ods/migrate.ts'
import { openOds } from '../../sinks/ods/open-ods.ts'
import { OdsWorld } from '../sinks/ods/ods-world.ts'
import { column, type SampleTable } from '../sinks/ods/sample-runs.ts'

const article: SampleTable = {
  columns: [column('code', 'text', { width: 20 }), column('libelle', 'text', { width: 60 })],
  key: ['code'],
  keepHistory: false
}
const row = (code: string, libelle: string) => ({ code, libelle })

/** How a table of the ODS takes another shape from one run to the next: its history, its types, its indexes. */
export function odsShapesContract(name: string, env: () => Environment): void {
  const world = (t: TestContext, change: Partial<SampleTable> = {}) =>
    new OdsWorld(t, { env: env(), table: { ...article, ...change } })

  describe(`${name}: a table takes the shape that its runs have`, () => {
    before(async () => {
      const ods = openOds(settingsFrom(env()))
      await migrate(ods)
      await ods.close()
    })

    it('goes on when KeepHistory is turned to 0 and back, with the versions it had and without a gap', async (t) => {
      const w = world(t, { keepHistory: true })
      await w.load({ number: 1, rows: [row('a', '1'), row('b', '1')] })
      await w.load({ number: 2, rows: [row('a', '2'), row('b', '1')] })
      w.log.alter({ keepHistory: false })
      const off = await w.load({ number: 3, rows: [row('a', '3'), row('b', '1'), row('c', '1')] })
      assert.deepEqual([off.error, off.entry.rowsInserted, off.entry.rowsUpdated], [null, 1, 1])
      await w.load({ number: 4, rows: [row('a', '3'), row('c', '1')] })
      assert.deepEqual(await w.rows('code', 'libelle', 'is_current', 'is_deleted'), [
        ['a', '1', '0', '0'],
        ['a', '3', '1', '0'],
        ['b', '1', '1', '1'],
        ['c', '1', '1', '0']
      ])
      w.log.alter({ keepHistory: true })
      await w.load({ number: 5, rows: [row('a', '4'), row('b', '1'), row('c', '1')] })
      assert.deepEqual(await w.rows('code', 'libelle', 'is_current', 'is_deleted'), [
        ['a', '1', '0', '0'],
        ['a', '3', '0', '0'],
        ['a', '4', '1', '0'],
        ['b', '1', '0', '1'],
        ['b', '1', '1', '0'],
        ['c', '1', '1', '0']
      ])
      const times = await w.rows('code', 'valid_from', 'valid_to')
      for (const [n, [code, , to]] of times.entries()) {
        const next = times[n + 1]
        assert.equal(to, next?.[0] === code ? next?.[1] : null)
      }
    })

    it('begins history with what is there, and widens a column that its indexes are on', async (t) => {
      const columns = [column('no', 'integer'), column('libelle', 'text', { width: 10 })]
      const w = world(t, { columns, key: ['no'] })
      await w.load({ number: 1, rows: [{ no: '1', libelle: 'a' }] })
      w.log.alter({ columns: [column('no', 'bigint'), column('libelle', 'text', { width: 20 })] })
      const grown = await w.load({
        number: 2,
        rows: [
          { no: '1', libelle: 'a' },
          { no: '5000000000', libelle: 'b' }
        ]
      })
      assert.deepEqual([grown.error, grown.entry.rowsUnchanged], [null, 1])
      w.log.alter({ keepHistory: true })
      assert.equal((await w.load({ number: 3, rows: [{ no: '1', libelle: 'a' }] })).error, null)
      assert.deepEqual(
        (await w.rows('no')).map(([no]) => no),
        ['1', '5000000000', '5000000000']
      )
    })
  })
}
