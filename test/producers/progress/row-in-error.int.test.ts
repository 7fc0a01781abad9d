import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { progressReader } from '../../../producers/progress/progress-producer.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { parseEtlTable } from '../../../schemas/erp/metadata.ts'
import { testContext } from '../../support/context.ts'
import { nextRun } from '../../support/odbc-erp.ts'
import { type ScriptedRow, scriptedDriver, withoutScriptedDriver } from '../../support/odbc-scripted.ts'
import { temporaryFolder } from '../../support/stack.ts'

const good = (n: number): ScriptedRow => [String(n), `nom ${n}`]
const rows = (count: number): ScriptedRow[] => Array.from({ length: count }, (_, n) => good(n + 1))
const tooWide = {
  bad: {
    state: '22P00',
    code: -210012,
    message: 'Column nom-v in table PUB.cli has value exceeding its max length or precision.'
  }
}

/** Opens table cli of a driver that counts `counted` rows and gives these. */
async function open(t: TestContext, { counted, given }: { counted: number; given: readonly ScriptedRow[] }) {
  const folder = temporaryFolder(t)
  const catalogue = {
    tbl: 32,
    col: 32,
    coltype: 20,
    width: 10,
    scale: 10,
    nullflag: 2,
    array_extent: 10,
    id: 10
  }
  const connection = scriptedDriver(folder, [
    {
      to: 'syscolumns_full',
      columns: catalogue,
      rows: [
        ['cli', 'num-cli', 'varchar', '10', null, 'N', '0', '1'],
        ['cli', 'nom-v', 'varchar', '60', null, 'Y', '0', '2']
      ]
    },
    { to: 'NOW()', columns: { now: 30 }, rows: [['2026-11-22 08:00:00.000']] },
    { to: '1 = 0', columns: { num_cli: 10, nom_v: 60 }, rows: [] },
    {
      to: 'GROUP BY',
      columns: { n: 20, keys: 20, unknown: 20 },
      rows: [[String(counted), String(counted), '0']]
    },
    { to: 'COUNT(*)', columns: { n: 20 }, rows: [[String(counted)]] },
    { to: 'ORDER BY', columns: { num_cli: 10, nom_v: 60 }, rows: given }
  ])
  const context = testContext({ COURANT_PROGRESS_ODBC: connection, COURANT_STATE_DIR: folder })
  const table = parseEtlTable({ TableName: 'cli', PrimaryKeyCols: 'num-cli' })
  const reader = await progressReader({ table, columns: [], mode: 'full', lastSuccessAt: null }).open(context)
  t.after(() => reader.close())
  return { reader, context }
}

describe('a driver that flags a row of a block in error', { skip: withoutScriptedDriver }, () => {
  it('is believed when all rows come', async (t) => {
    const { reader } = await open(t, { counted: 20, given: rows(20) })
    assert.equal((await nextRun(reader)).rows.length, 20)
  })

  it('loses no row in silence: row by row, the column and the row are named', async (t) => {
    const given = rows(20).with(4, tooWide)
    const { reader, context } = await open(t, { counted: 20, given })
    const error = await nextRun(reader).then(
      () => assert.fail(),
      (thrown: unknown) => thrown
    )
    assert.ok(error instanceof CourantError)
    assert.equal(error.code, 'WIDTH_EXCEEDED')
    assert.match(error.message, /Column nom-v of PUB\.cli .*row 5 in the order of the key/)
    assert.deepEqual(context.warnings, ['rows are missing; reading again row by row'])
  })

  it('names the row where the driver does not say what is wrong with it', async (t) => {
    const bad = { bad: { state: 'HY000', code: -1, message: 'secret of row 3' } }
    const { reader } = await open(t, { counted: 3, given: rows(3).with(2, bad) })
    await assert.rejects(nextRun(reader), (error: CourantError) => {
      assert.equal(error.code, 'SOURCE_REFUSED')
      assert.match(error.message, /SQLSTATE HY000, error -1.*row 3/)
      assert.doesNotMatch(error.message, /secret/)
      return true
    })
  })

  it('is refused where even single rows are lost without an error', async (t) => {
    const { reader } = await open(t, { counted: 5, given: rows(5).with(1, 'lost') })
    await assert.rejects(nextRun(reader), {
      code: 'RUN_INCOMPLETE',
      message: /Read 4 rows one by one where the source counted 5 before and 5 after/
    })
  })
})
