import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import type { LogItem, Spec, Writer } from '../../runtime/pipeline.ts'
import type { Environment } from '../../runtime/settings.ts'
import { testContext } from '../support/context.ts'

export interface WriterCase<T> {
  readonly writer: Spec<Writer<T, LogItem<T>>>
  readonly env: Environment
  /** Item `n` of the topic, from 0: always the same. */
  item(n: number): LogItem<T>
  /** `<partition>/<offset>` of each item the target holds now, twice if it holds it twice. */
  stored(): Promise<string[]>
}

const placesOf = (items: readonly LogItem<unknown>[]) =>
  items.map(({ partition, offset }) => `${partition}/${offset}`)

export interface WriterTraits {
  /** How many random runs a property makes. */
  readonly runs?: number
  /** True of a writer that refuses to open beside another, which is how it keeps zombies out. */
  readonly isExclusive?: boolean
}

/** What every writer that reads a topic and holds each item once promises. Run it from each adapter's own test file. */
export function writerContract<T>(
  name: string,
  start: () => Promise<WriterCase<T>>,
  { runs = 12, isExclusive = false }: WriterTraits = {}
): void {
  describe(`${name} keeps the writer contract`, () => {
    const range = (target: WriterCase<T>, from: number, to: number) =>
      Array.from({ length: to - from }, (_, i) => target.item(from + i))
    const open = ({ writer, env }: WriterCase<T>) => writer.open(testContext(env))
    const signal = () => AbortSignal.timeout(30_000)
    const holdsEachOnce = async (target: WriterCase<T>, count: number) =>
      assert.deepEqual((await target.stored()).sort(), placesOf(range(target, 0, count)).sort())

    // Hoisted: only for writers that may be open beside another.
    function besideAnother(): void {
      it('loses and doubles nothing when a zombie goes on writing beside its successor', async () => {
        const target = await start()
        const zombie = await open(target)
        await zombie.write(range(target, 0, 50), { signal: signal() })
        const successor = await open(target)
        await successor.write(range(target, 30, 100), { signal: signal() })
        // A zombie may succeed or be refused, but it changes nothing.
        await zombie.write(range(target, 50, 80), { signal: signal() }).catch(() => undefined)
        await successor.write(range(target, 100, 130), { signal: signal() })
        await zombie.write(range(target, 80, 120), { signal: signal() }).catch(() => undefined)
        await holdsEachOnce(target, 130)
        await Promise.all([zombie.close(), successor.close()])
      })

      it('loses and doubles nothing when two write the same items at the same time', async () => {
        const target = await start()
        const writers = await Promise.all([open(target), open(target)])
        const sizes = [17, 29]
        const count = 150
        await Promise.all(
          writers.map(async (writer, w) => {
            const size = sizes[w] ?? 1
            for (let from = 0; from < count; from += size)
              await writer.write(range(target, from, Math.min(from + size, count)), { signal: signal() })
          })
        )
        await holdsEachOnce(target, count)
        await Promise.all(writers.map((writer) => writer.close()))
      })
    }

    it('stores what it was given before it resolves', async () => {
      const target = await start()
      const writer = await open(target)
      await writer.write(range(target, 0, 30), { signal: signal() })
      await holdsEachOnce(target, 30)
      await writer.close()
    })

    it('stores each item once, however batches are cut, repeated and restarted', async () => {
      // A step writes some items, then goes on, crashes (a new writer, some items back) or repeats itself.
      const step = fc.record({
        items: fc.integer({ min: 1, max: 60 }),
        back: fc.nat(40),
        crashes: fc.boolean()
      })
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
          const target = await start()
          let writer = await open(target)
          let next = 0
          let written = 0
          for (const { items, back, crashes } of steps) {
            await writer.write(range(target, next, next + items), { signal: signal() })
            written = Math.max(written, next + items)
            next = Math.max(0, next + items - back)
            if (crashes) {
              await writer.close()
              writer = await open(target)
            }
          }
          await writer.write(range(target, next, written + 1), { signal: signal() })
          await holdsEachOnce(target, written + 1)
          await writer.close()
        }),
        { numRuns: runs }
      )
    })

    if (isExclusive)
      it('refuses a second writer while the first is open, and loses nothing to it', async () => {
        const target = await start()
        const first = await open(target)
        await first.write(range(target, 0, 50), { signal: signal() })
        await assert.rejects(open(target), { code: 'TARGET_REFUSED' })
        await first.write(range(target, 50, 80), { signal: signal() })
        await first.close()
        const successor = await open(target)
        await successor.write(range(target, 60, 130), { signal: signal() })
        await holdsEachOnce(target, 130)
        await successor.close()
      })
    else besideAnother()

    it('is abandoned when told to stop, and can be repeated', async () => {
      const target = await start()
      const writer = await open(target)
      const items = range(target, 0, 60)
      await assert.rejects(writer.write(items, { signal: AbortSignal.abort() }))
      await writer.write(items, { signal: signal() })
      await holdsEachOnce(target, 60)
      await writer.close()
    })
  })
}
