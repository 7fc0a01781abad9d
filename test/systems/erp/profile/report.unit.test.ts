import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ColumnProfile } from '../../../../systems/erp/profile/column-profile.ts'
import { profileReport } from '../../../../systems/erp/profile/profile-report.ts'
import { reportPage } from '../../../../systems/erp/profile/report-page.ts'

function statisticsOf(name: string, values: readonly (string | null)[]) {
  const profile = new ColumnProfile({
    name,
    sourceName: name.replaceAll('_', '-'),
    type: 'varchar',
    width: 4,
    isNumeric: false
  })
  for (const value of values) profile.add(value)
  return profile.statistics()
}

describe('the profile report', () => {
  const at = new Date('2026-11-22T06:00:00Z')

  it('puts columns with values wider than the catalogue says first, and says so', () => {
    const report = profileReport(
      'produit',
      [statisticsOf('nom', ['a']), statisticsOf('gencod_v', ['12345'])],
      at
    )
    assert.equal(report.isWell, false)
    assert.deepEqual(
      report.tables.map(({ rows }) => rows.map(([name]) => name)),
      [['gencod_v'], ['nom']]
    )
    assert.match(report.summary, /^1 rows, 2 columns, 1 with values wider/)
  })

  it('is one page in which no value becomes markup', () => {
    const page = reportPage(profileReport('produit', [statisticsOf('nom', ['<b>', null])], at))
    assert.match(page, /&lt;b&gt;/)
    assert.doesNotMatch(page, /<b>|<script|href=|src=/)
    assert.match(page, /<td class="number">50<\/td>/)
  })

  it('has a page for a table without rows', () => {
    assert.match(reportPage(profileReport('produit', [statisticsOf('nom', [])], at)), /0 rows, 1 columns/)
  })
})
