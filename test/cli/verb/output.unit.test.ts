import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { columns } from '../../../cli/verb/columns.ts'

describe('what the commands print', () => {
  it('goes through one door, which lets no control characters and secrets out', () => {
    const others = globSync(
      '{cli,dashboard,edge,processors,producers,runtime,sinks,systems,topics}/**/*.ts'
    ).filter(
      (file) =>
        file !== 'cli/verb/output.ts' &&
        /process\.std(out|err)\.write\(|console\./.test(readFileSync(file, 'utf8'))
    )
    // It says in a comment that a library would.
    assert.deepEqual(
      others,
      ['runtime/object-store/minio-store.ts'].filter((file) => others.includes(file))
    )
  })

  it('keeps a cell in its line and its column, whatever is in it', () => {
    const text = columns([
      { name: 'a\nb\u001b[31m', rows: 1 },
      { name: 'c', rows: 20 }
    ])
    assert.deepEqual(text.split('\n').slice(1), ['a\\nb\\u001b[31m     1', `c${' '.repeat(17)}20`])
  })
})
