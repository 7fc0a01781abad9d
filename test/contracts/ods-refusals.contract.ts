import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { before, describe, it, type TestContext } from 'node:test'
import * as fc from 'fast-check'
import type { RunMarker } from '../../schemas/erp/run-envelope.ts'
import { migrate } from '../../sinks/ods/migrate.ts'
import { openOds } from '../../sinks/ods/open-ods.ts'
import { nextOffsetOf, passUpTo, standingRuns } from '../../sinks/ods/standing-runs.ts'
import { type Environment, settingsFrom } from '../../runtime/settings.ts'
import { OdsWorld, write } from '../sinks/ods/ods-world.ts'
import { column, runIdOf, type SampleTable } from '../sinks/ods/sample-runs.ts'

const article: SampleTable = {
  columns: [column('code', 'text', { width: 20 }), column('libelle', 'text', { width: 60 })],
  key: ['code'],
  keepHistory: false
}
const row = (code: string, libelle: string | null = code) => ({ code, libelle })
const [code] = article.columns as [SampleTable['columns'][number]]

/** What a run may hold that the ODS does not take: each time the run fails in words, and the next one is merged. */
export function odsRefusalsContract(name: string, env: () => Environment): void {
  const world = (t: TestContext, change: Partial<SampleTable> = {}) =>
    new OdsWorld(t, { env: env(), table: { ...article, ...change } })

  describe(`${name}: a run that is refused never stands before the next`, () => {
    before(async () => {
      const ods = openOds(settingsFrom(env()))
      await migrate(ods)
      await ods.close()
    })

    it('nor before what it has never had: an ODS that has nothing of a table begins where the log does', async (t) => {
      const w = world(t)
      w.log.run({ number: 1, rows: [row('a')] })
      const { writer, next } = await w.open()
      await writer.close()
      assert.equal(next, 0, 'whatever its group has read into another ODS')
      assert.equal((await w.settle()).at(-1)?.entry.status, 'succeeded')
      const after = await w.open()
      await after.writer.close()
      assert.equal(after.next, w.log.items.length)
    })

    it('more columns than a table may have, until they are excluded', async (t) => {
      const w = world(t)
      const many = Array.from({ length: 1700 }, (_, n) => column(`c${n}`, 'integer'))
      w.log.alter({ columns: [code, ...many] })
      const refused = await w.load({ number: 1, rows: [row('a')] })
      assert.equal(refused.error?.code, 'CONFIG_INVALID')
      assert.match(refused.error?.message ?? '', /1701 columns.*exclude columns in config\.ETL_Columns/)
      w.log.alter({ columns: article.columns })
      const { entry } = await w.load({ number: 2, rows: [row('a')] })
      assert.equal(entry.status, 'succeeded')
    })

    it('names that are those of technical columns, equal but for their case, or no names at all', async (t) => {
      const w = world(t)
      const hostile = [
        'row_key',
        'Is_Current',
        'CODE',
        'a] nvarchar(1)); DROP TABLE ods.client; --',
        'a"b',
        '',
        'é',
        'x'.repeat(129)
      ]
      for (const [n, sqlName] of hostile.entries()) {
        w.log.alter({ columns: [...article.columns, column(sqlName, 'text', { width: 5 })] })
        const { error } = await w.load({ number: n + 1, rows: [row('a')] })
        assert.equal(error?.code, 'CONFIG_INVALID', sqlName)
      }
      w.log.alter({ columns: article.columns })
      const { entry } = await w.load({ number: hostile.length + 1, rows: [row('a')] })
      assert.equal(entry.status, 'succeeded')
      assert.deepEqual(
        (await w.logged()).map(([, status]) => status),
        [...hostile.map(() => 'failed'), 'succeeded']
      )
    })

    it('markers that nobody of ours wrote: each is set aside, and nothing but the cache is touched', async (t) => {
      const w = world(t)
      const columns = JSON.stringify(article.columns)
      const lies: Partial<RunMarker>[] = [
        { run_id: '../../lake/silver/users/2026-11-30/users' },
        { run_id: 'run-1' },
        { columns: '{' },
        { columns: columns.replace('"width":20', '"width":"1); DROP TABLE ods.client; --"') },
        { columns: columns.replace('"type":"text"', '"type":"constructor"') },
        { key_columns: ['nothing'] },
        { run_version: 2 ** 60 },
        { mode: 'everything, always and again' as never },
        { window_to: 'x'.repeat(41) }
      ]
      for (const [n, falsely] of lies.entries()) {
        w.log.run({ number: n + 1, rows: [row('x')], falsely })
        w.log.run({ number: n + 21, rows: [row('a', String(n))] })
      }
      const outcomes = await w.settle()
      assert.deepEqual(
        outcomes.map(({ entry }) => entry.status),
        lies.map(() => 'succeeded')
      )
      assert.deepEqual(
        w.setAside.map(({ error }) => error.code),
        lies.flatMap(() => ['RECORD_INVALID', 'RECORD_INVALID'])
      )
      assert.deepEqual(await w.rows('code'), [['a']])
      assert.deepEqual(readdirSync(w.cacheDir), [w.name])
    })

    it('rows whose keys differ by letter case or blanks only; a tab or no-break space makes another key', async (t) => {
      const w = world(t)
      for (const [n, other] of ['A', 'a ', 'a  '].entries()) {
        const refused = await w.load({ number: n + 1, rows: [row('a'), row('b'), row(other)] })
        assert.equal(refused.error?.code, 'KEY_INVALID')
        assert.match(refused.error?.message ?? '', /^1 keys of .* letter case or trailing blanks/)
      }
      const keys = ['a', 'a\t', 'a\u00a0', 'a\n', 'a\r', 'a\u3000', 'a\ufeff', 'a\u200b']
      const { entry } = await w.load({ number: 9, rows: keys.map((key) => row(key)) })
      assert.equal(entry.rowsInserted, keys.length)
      assert.deepEqual(new Set((await w.rows('code')).flat()), new Set(keys))
    })

    it('what stands can be seen and passed: nothing of it is merged, and the next run has its turn', async (t) => {
      const w = world(t)
      await w.load({ number: 1, rows: [row('a')] })
      w.log.run({ number: 2, rows: [row('a', 'never'), row('b')] })
      const half = await w.open()
      await half.writer.write(w.log.items.slice(half.next ?? 0, -1), write)
      await half.writer.close()
      const place = { tableName: w.name, group: `ods.${w.name}`, topic: w.log.topic }
      const seen = async () => (await standingRuns(w.ods, w.name)).map(({ runId, status }) => [runId, status])
      assert.deepEqual(await seen(), [[runIdOf(2), 'running']])
      await passUpTo(w.ods, place, w.log.items.length)
      assert.equal(await nextOffsetOf(w.ods, place), w.log.items.length)
      assert.deepEqual(await seen(), [[runIdOf(2), 'failed']])
      await w.load({ number: 3, rows: [row('a', 'new')] })
      assert.deepEqual(await w.rows('code', 'libelle'), [['a', 'new']])
      assert.deepEqual(await seen(), [])
    })

    it('a record that is set aside in the middle of a run costs nothing of the run', async (t) => {
      const w = world(t)
      let number = 0
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 1, max: 20 }), fc.nat({ max: 19 }), async (count, at) => {
          number++
          const rows = Array.from({ length: count }, (_, n) => row(`k${n}`))
          w.log.run({ number, rows, strayAt: at % count })
          const outcomes = await w.settle()
          assert.deepEqual(
            outcomes.map(({ entry }) => [entry.runId, entry.status, entry.rowsRead]),
            [[runIdOf(number), 'succeeded', count]]
          )
          assert.equal(w.setAside.length, number)
        }),
        { numRuns: 10 }
      )
    })
  })
}
