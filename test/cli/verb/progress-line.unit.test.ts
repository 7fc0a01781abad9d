import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ProgressLine } from '../../../cli/verb/progress-line.ts'

function output(isTTY: boolean) {
  let text = ''
  return { isTTY, columns: 20, write: (more: string) => void (text += more), text: () => text }
}

test('at a terminal one line is written over, cut to the width, and what stays has a line of its own', () => {
  const terminal = output(true)
  const progress = new ProgressLine(terminal)
  progress.show('one')
  progress.show('a line that is longer than the terminal')
  progress.say('done')
  progress.say('more')
  assert.equal(terminal.text(), '\rone\u001b[K\ra line that is long\u001b[K\r\u001b[Kdone\nmore\n')
})

test('elsewhere there are few lines, none of them twice', () => {
  const file = output(false)
  let now = 0
  const progress = new ProgressLine(file, () => now)
  for (let second = 0; second < 60; second += 1) {
    now = second * 1000
    progress.show(`rows ${Math.min(second, 40)}`)
  }
  progress.say('done')
  assert.equal(file.text(), 'rows 0\nrows 15\nrows 30\nrows 40\ndone\n')
})
