import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lazily, loadNow } from '../../../runtime/process/lazily.ts'

class Driver {
  static readonly kind = 'real'
  readonly #name: string
  constructor(name: string) {
    this.#name = name
  }
  static of(name: string): Driver {
    return new Driver(name)
  }
  get name(): string {
    return this.#name
  }
}

test('what is lazy is loaded once, when it is first used', () => {
  let loads = 0
  const stand = lazily(() => {
    loads++
    return { Driver, twice: (value: number) => value * 2 }
  })
  assert.equal(loads, 0)
  assert.equal(stand.twice(21), 42)
  assert.equal(new stand.Driver('a').name, 'a')
  assert.ok('Driver' in stand)
  assert.equal(loads, 1)
})

test('it stands for a class or a function as well', () => {
  const Lazy = lazily(() => Driver)
  const one = new Lazy('a')
  assert.ok(one instanceof Driver && one instanceof Lazy)
  assert.deepEqual([one.name, Lazy.of('b').name, Lazy.kind], ['a', 'b', 'real'])
  assert.equal(lazily(() => (value: string) => value.length)('four'), 4)
})

test('a package that does not load says so each time it is used', () => {
  const broken = lazily<{ readonly used: boolean }>(() => {
    throw new Error('not installed')
  })
  assert.throws(() => broken.used, /not installed/)
  assert.throws(() => broken.used, /not installed/)
})

test('all that waits can be loaded before others are served, and what does not load fails where it is used', () => {
  let loads = 0
  const one = lazily(() => ({ loads: ++loads }))
  const broken = lazily<{ readonly used: boolean }>(() => {
    throw new Error('not installed')
  })
  loadNow()
  assert.equal(loads, 1)
  assert.equal(one.loads, 1)
  assert.throws(() => broken.used, /not installed/)
})
