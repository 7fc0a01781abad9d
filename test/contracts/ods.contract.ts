import assert from 'node:assert/strict'
import { before, describe, it, type TestContext } from 'node:test'
import type { RawRow } from '../../schemas/change.ts'
import { migrate } from '../../sinks/ods/migrate.ts'
import { openOds } from '../../sinks/ods/open-ods.ts'
import { type Environment, settingsFrom } from '../../runtime/settings.ts'
import { OdsWorld, write } from '../sinks/ods/ods-world.ts'
import { column, runIdOf, type SampleTable } from '../sinks/ods/sample-runs.ts'

const produit: SampleTable = {
  columns: [column('code', 'text', { width: 20 }), column('libelle', 'text', { width: 60 })],
  key: ['code'],
  keepHistory: false
}

const row = (code: string, libelle: string | null = code): RawRow => ({ code, libelle })

/** What every dialect of the ODS promises, run against a real server. `env` names a database that tests may fill. */
export function odsContract(name: string, env: () => Environment): void {
  const world = (t: TestContext, change: Partial<SampleTable> = {}) =>
    new OdsWorld(t, { env: env(), table: { ...produit, ...change } })

  describe(`${name} keeps the contract of the ODS`, () => {
    before(async () => {
      const ods = openOds(settingsFrom(env()))
      await migrate(ods)
      assert.deepEqual(await migrate(ods), [], 'migrating again does nothing')
      await ods.close()
    })

    it('takes a run in, and the same rows again change nothing', async (t) => {
      const w = world(t)
      const first = await w.load({ number: 1, rows: [row('a'), row('b', null)] })
      assert.equal(first.error, null)
      assert.deepEqual(await w.rows('code', 'libelle', 'is_deleted'), [
        ['a', 'a', '0'],
        ['b', null, '0']
      ])
      const { entry } = await w.load({ number: 2, rows: [row('a'), row('b', null)] })
      assert.deepEqual([entry.rowsInserted, entry.rowsUpdated, entry.rowsUnchanged], [0, 0, 2])
      assert.deepEqual(await w.rows('run_id'), [[runIdOf(1)], [runIdOf(1)]])
    })

    it('keeps which topic its runs came by, of each consumer group', async (t) => {
      const w = world(t)
      const { writer } = await w.open()
      const { topics } = writer
      assert.equal(await topics?.load(w.log.topic), null)
      for (const known of [
        { id: 'AAAAAAAAAAAAAAAAAAAAAQ', generation: 0 },
        { id: 'AAAAAAAAAAAAAAAAAAAAAg', generation: 1 }
      ]) {
        await topics?.save(w.log.topic, known)
        assert.deepEqual(await topics?.load(w.log.topic), known)
      }
      await writer.close()
    })

    it('tells NULL from an empty text, and letter case in values but not in keys', async (t) => {
      const w = world(t)
      await w.load({ number: 1, rows: [row('a', null), row('b', 'x')] })
      const { entry } = await w.load({ number: 2, rows: [row('A ', ''), row('b', 'X')] })
      assert.deepEqual([entry.rowsInserted, entry.rowsUpdated], [0, 2])
      assert.deepEqual(await w.rows('code', 'libelle'), [
        ['A ', ''],
        ['b', 'X']
      ])
    })

    it('deletes what a complete snapshot lacks, leaves it deleted, and takes it back', async (t) => {
      const w = world(t)
      await w.load({ number: 1, rows: [row('a'), row('b')] })
      const gone = await w.load({ number: 2, rows: [row('a')] })
      assert.equal(gone.entry.rowsDeleted, 1)
      const still = await w.load({ number: 3, rows: [row('a')] })
      assert.equal(still.entry.rowsDeleted, 0)
      assert.deepEqual(await w.rows('code', 'is_deleted', 'run_id'), [
        ['a', '0', runIdOf(1)],
        ['b', '1', runIdOf(2)]
      ])
      // With the hash it had: only is_deleted says that it changed.
      await w.load({ number: 4, rows: [row('a'), row('b')] })
      assert.deepEqual(await w.rows('code', 'is_deleted', 'run_id'), [
        ['a', '0', runIdOf(1)],
        ['b', '0', runIdOf(4)]
      ])
    })

    it('deletes nothing by an incremental run or one that is not complete, but what they say is deleted', async (t) => {
      const w = world(t)
      await w.load({ number: 1, rows: [row('a'), row('b'), row('c')] })
      await w.load({ number: 2, mode: 'incremental', rows: [row('a')] })
      await w.load({ number: 3, rows: [row('a')], said: { is_complete: false } })
      assert.deepEqual(await w.rows('is_deleted'), [['0'], ['0'], ['0']])
      await w.load({ number: 4, mode: 'incremental', rows: [], deleted: [row('b')] })
      assert.deepEqual(await w.rows('is_deleted'), [['0'], ['1'], ['0']])
    })

    it('refuses to delete too much until it is confirmed, and merges the rest', async (t) => {
      const w = world(t)
      const all = Array.from({ length: 10 }, (_, n) => row(`k${n}`))
      await w.load({ number: 1, rows: all })
      const guard = { COURANT_ODS_DELETES_ALLOWED: '2', COURANT_MAX_DELETE_SHARE: '0.2' }
      const refused = await w.load({ number: 2, rows: [row('k0', 'new')] }, guard)
      assert.equal(refused.error?.code, 'DELETES_REFUSED')
      assert.equal(refused.entry.deletesRefused, 9)
      assert.deepEqual((await w.rows('libelle'))[0], ['new'])
      const confirmed = { ...guard, COURANT_CONFIRM_DELETES: `ods.${w.name}` }
      const { entry } = await w.load({ number: 3, rows: [row('k0', 'new')] }, confirmed)
      assert.equal(entry.rowsDeleted, 9)
    })

    it('keeps history without gap or overlap through change, delete and return', async (t) => {
      const w = world(t, { keepHistory: true })
      await w.load({ number: 1, rows: [row('a', '1'), row('b', '1')] })
      await w.load({ number: 2, rows: [row('a', '2'), row('b', '1')] })
      await w.load({ number: 3, rows: [row('b', '1')] })
      await w.load({ number: 4, rows: [row('b', '1')] })
      const { entry } = await w.load({ number: 5, rows: [row('a', '2'), row('b', '1'), row('c', '1')] })
      assert.deepEqual([entry.rowsInserted, entry.rowsUpdated, entry.rowsUnchanged], [1, 1, 1])
      assert.deepEqual(await w.rows('code', 'libelle', 'is_current', 'is_deleted', 'run_id'), [
        ['a', '1', '0', '0', runIdOf(1)],
        ['a', '2', '0', '0', runIdOf(2)],
        ['a', '2', '0', '1', runIdOf(3)],
        ['a', '2', '1', '0', runIdOf(5)],
        ['b', '1', '1', '0', runIdOf(1)],
        ['c', '1', '1', '0', runIdOf(5)]
      ])
      const times = await w.rows('code', 'valid_from', 'valid_to')
      for (const [n, [code, , to]] of times.entries()) {
        const next = times[n + 1]
        assert.equal(to, next?.[0] === code ? next?.[1] : null)
      }
    })

    it('takes the last of several rows of one key', async (t) => {
      for (const keepHistory of [false, true]) {
        const w = world(t, { keepHistory })
        await w.load({ number: 1, rows: [row('a', '1'), row('a', '2'), row('a', '3')] })
        assert.deepEqual(await w.rows('libelle', 'is_current'), [['3', '1']])
      }
    })

    it('never goes back to an older run', async (t) => {
      for (const keepHistory of [false, true]) {
        const w = world(t, { keepHistory })
        await w.load({ number: 3, rows: [row('a', 'new')] })
        await w.load({ number: 2, rows: [row('a', 'old')] })
        assert.deepEqual(await w.rows('libelle', 'is_current'), [['new', '1']])
        // Nor when the newer run changed nothing, so that the row itself is older than both.
        await w.load({ number: 5, rows: [row('a', 'new')] })
        await w.load({ number: 4, rows: [row('a', 'old')] })
        assert.deepEqual(await w.rows('libelle', 'is_current'), [['new', '1']])
      }
    })

    it('merges nothing of a run that has no end, and logs that it failed once the next begins', async (t) => {
      const w = world(t)
      const begun = { number: 1, rows: [row('a'), row('b')] }
      w.log.run(begun)
      w.log.items.pop()
      await w.settle()
      assert.deepEqual(await w.logged(), [[runIdOf(1), 'running', null]])
      await w.load({ number: 2, rows: [row('c')] })
      assert.deepEqual(await w.rows('code'), [['c']])
      assert.deepEqual(await w.logged(), [
        [runIdOf(1), 'failed', 'RUN_INCOMPLETE'],
        [runIdOf(2), 'succeeded', null]
      ])
    })

    it('merges nothing of a run of which rows are missing, or whose values do not fit', async (t) => {
      const columns = [...produit.columns, column('prix', 'decimal', { width: 6, scale: 2 })]
      const w = world(t, { columns })
      const short = await w.load({ number: 1, rows: [row('a')], said: { rows: 2 } })
      assert.equal(short.error?.code, 'RUN_INCOMPLETE')
      const unfit = await w.load({ number: 2, rows: [{ ...row('a'), prix: '12.345' }, row('b')] })
      assert.equal(unfit.error?.code, 'VALUE_UNFIT')
      assert.match(unfit.error?.message ?? '', /prix: 1 that are no decimal/)
      const { entry } = await w.load({ number: 3, rows: [{ ...row('a'), prix: '12.340' }] })
      assert.equal(entry.status, 'succeeded')
      assert.deepEqual(await w.rows('code', 'prix'), [['a', '12.34']])
      assert.deepEqual(
        (await w.logged()).map(([, status]) => status),
        ['failed', 'failed', 'succeeded']
      )
    })

    it('adds columns the source got, keeps those it lost, and refuses types that do not fit', async (t) => {
      const w = world(t)
      await w.load({ number: 1, rows: [row('a')] })
      const stock = column('stock', 'integer')
      w.log.alter({ columns: [...produit.columns, stock] })
      const grown = await w.load({
        number: 2,
        rows: [
          { ...row('a'), stock: null },
          { ...row('b'), stock: '5' }
        ]
      })
      assert.equal(grown.entry.rowsUnchanged, 1, 'a new column that is NULL changes no row')
      w.log.alter({ columns: [column('code', 'text', { width: 20 }), { ...stock, type: 'bigint' }] })
      await w.load({ number: 3, rows: [{ code: 'b', stock: '5000000000' }] })
      assert.deepEqual(await w.rows('code', 'libelle', 'stock', 'is_deleted'), [
        ['a', 'a', null, '1'],
        ['b', null, '5000000000', '0']
      ])
      w.log.alter({ columns: [column('code', 'text', { width: 20 }), { ...stock, type: 'date' }] })
      const changed = await w.load({ number: 4, rows: [{ code: 'b', stock: '2026-01-01' }] })
      assert.equal(changed.error?.code, 'CONFIG_INVALID')
      assert.match(changed.error?.message ?? '', /stock/)
    })

    it('has NULL for a column that the run no longer has in every row that it writes, in both modes', async (t) => {
      for (const keepHistory of [false, true]) {
        const cp = column('cp', 'text', { width: 5 })
        const w = world(t, { keepHistory, columns: [...produit.columns, cp] })
        const [a, b] = [
          { ...row('a'), cp: '49001' },
          { ...row('b'), cp: '49002' }
        ]
        await w.load({ number: 1, rows: [a, b] })
        await w.ods.query('add', { text: `ALTER TABLE ods.${w.name} ADD x_note varchar(9)` })
        await w.ods.query('fill', { text: `UPDATE ods.${w.name} SET x_note = 'own'` })
        w.log.alter({ columns: produit.columns })
        await w.load({ number: 2, mode: 'incremental', rows: [row('a', 'changed'), row('c')] })
        const own = keepHistory ? null : 'own'
        assert.deepEqual(await w.rows('code', 'libelle', 'cp', 'x_note', 'is_current'), [
          ...(keepHistory ? [['a', 'a', '49001', 'own', '0']] : []),
          ['a', 'changed', null, own, '1'],
          ['b', 'b', '49002', 'own', '1'],
          ['c', 'c', null, null, '1']
        ])
      }
    })

    it('goes on after a crash at any item, as if there had been none', async (t) => {
      const w = world(t)
      w.log.run({ number: 1, rows: [row('a', '1'), row('b', '1')] })
      w.log.run({ number: 2, rows: [row('a', '2')] })
      for (let until = 1; until <= w.log.items.length; until++) {
        const { writer, next } = await w.open()
        await writer.write(w.log.items.slice(next ?? 0, until), write)
        await writer.close()
      }
      await w.settle()
      assert.deepEqual(await w.rows('code', 'libelle', 'is_deleted'), [
        ['a', '2', '0'],
        ['b', '1', '1']
      ])
      assert.deepEqual(
        (await w.logged()).map(([, status]) => status),
        ['succeeded', 'succeeded']
      )
    })

    it('lets a process that was replaced write nothing', async (t) => {
      const w = world(t)
      w.log.run({ number: 1, rows: [row('a')] })
      // On another machine: its half run is its own.
      const zombie = await w.open({ COURANT_ODS_CACHE_DIR: `${w.cacheDir}-zombie` })
      await zombie.writer.write(w.log.items.slice(0, -1), write)
      const successor = await w.open()
      await assert.rejects(zombie.writer.write(w.log.items.slice(-1), write), { code: 'OFFSET_FENCED' })
      assert.deepEqual(await w.rows('code'), [])
      await successor.writer.write(w.log.items, write)
      assert.deepEqual(await w.rows('code'), [['a']])
      await Promise.all([zombie.writer.close(), successor.writer.close()])
    })
  })
}
