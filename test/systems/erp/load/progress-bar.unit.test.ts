import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { describe, it } from 'node:test'
import { clock, ProgressBar, progressLine } from '../../../../systems/erp/load/progress-bar.ts'

const halfway = { step: 'extract', rows: 20_000, total: 40_000, elapsedMs: 10_000 }

describe('the progress of a load', () => {
  it('shows the share, rows a second and the time that is left', () => {
    assert.equal(
      progressLine('lignecli', halfway),
      'lignecli      extract   [##########..........]  50 %  20,000 of 40,000 rows  2,000 rows/s  ETA 0:10'
    )
  })

  it('shows what it knows while the total is not known', () => {
    assert.equal(
      progressLine('client', { ...halfway, total: null }),
      'client        extract   20,000 rows  2,000 rows/s'
    )
  })

  it('is full, not broken, for an empty table', () => {
    assert.match(progressLine('client', { ...halfway, rows: 0, total: 0 }), /100 %/)
  })

  it('writes over its line at a terminal, and leaves the line free at the end', () => {
    const stream = Object.assign(new PassThrough(), { isTTY: true })
    const bar = new ProgressBar('client', { stream })
    bar.show(halfway)
    bar.show({ ...halfway, total: null })
    bar.end()
    const lines = String(stream.read()).split('\r')
    assert.equal(lines.length, 5)
    assert.equal(lines[1]?.length, lines[2]?.length)
    assert.equal(lines[3]?.trim(), '')
  })

  it('writes a line every five seconds into a log', () => {
    const stream = new PassThrough()
    let nowMs = 0
    const bar = new ProgressBar('client', { stream, nowMs: () => nowMs })
    for (; nowMs <= 12_000; nowMs += 500) bar.show(halfway)
    assert.equal(String(stream.read()).trimEnd().split('\n').length, 2)
  })

  it('tells hours only where there are some', () => {
    assert.deepEqual([clock(0), clock(59.6), clock(3599), clock(3600)], ['0:00', '1:00', '59:59', '1:00:00'])
  })
})
