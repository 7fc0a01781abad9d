import { readFileSync } from 'node:fs'
import { writeFile, rename } from 'node:fs/promises'
import type { LogItem, Spec, Writer } from '../../../runtime/pipeline.ts'
import { bronzeSink } from '../../../sinks/lake/bronze.ts'
import { silverSink } from '../../../sinks/lake/silver.ts'
import { testContext } from '../../support/context.ts'
import { cleanChange, rawChange, sampleTable, spreadOut } from './sample-log.ts'

// A sink's process as the kill test starts it: node writing-process.ts <bronze|silver> <positions file> <rows> [spread].
// It writes a log in batches of random size from the committed position, commits after each that is not held, and ends
// at `rows`. A spread log has its rows on 23 months.

const [sink = '', positions = '', rows = '0', spread] = process.argv.slice(2)
if (sink === 'bronze') await writeLog(bronzeSink(sampleTable), rawChange)
else await writeLog(silverSink(sampleTable), cleanChange)
console.log('end')
process.exit(0)

async function writeLog<T>(
  spec: Spec<Writer<T, LogItem<T>>>,
  item: (n: number) => LogItem<T>
): Promise<void> {
  const writer = await spec.open(testContext(process.env))
  const change = (n: number) => (spread ? spreadOut(item(n), n, 23) : item(n))
  for (let next = committed(); next < Number(rows); ) {
    const to = Math.min(next + 1 + Math.floor(Math.random() * 300), Number(rows))
    const isHeld = await write(range(next, to).map(change))
    next = to
    if (!isHeld) {
      await commit(to)
      next = Math.max(to, committed())
    }
    console.log(isHeld ? 'held' : to)
  }
  await write([])
  await commit(Number(rows))

  async function write(items: readonly LogItem<T>[]): Promise<boolean> {
    return (await writer.write(items, { signal: AbortSignal.timeout(60_000) })) === 'held'
  }
}

// Hoisted: it is used before the module has run this far.
function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i)
}

function committed(): number {
  try {
    return Number(readFileSync(positions, 'utf8'))
  } catch {
    return 0
  }
}

async function commit(position: number): Promise<void> {
  const next = `${positions}.${process.pid}`
  await writeFile(next, String(position))
  await rename(next, positions)
}
