import { readFileSync } from 'node:fs'
import { writeFile, rename } from 'node:fs/promises'
import type { LogItem, Spec, Writer } from '../../../runtime/pipeline.ts'
import { bronzeSink } from '../../../sinks/lake/bronze.ts'
import { silverSink } from '../../../sinks/lake/silver.ts'
import { testContext } from '../../support/context.ts'
import { cleanChange, rawChange, sampleTable } from './sample-log.ts'

// A sink's process as the kill test starts it: node writing-process.ts <bronze|silver> <positions file> <rows>. It
// writes a log in batches of random size from the committed position, commits after each, and ends at `rows`.

const [sink = '', positions = '', rows = '0'] = process.argv.slice(2)
if (sink === 'bronze') await writeLog(bronzeSink(sampleTable), rawChange)
else await writeLog(silverSink(sampleTable), cleanChange)
console.log('end')
process.exit(0)

async function writeLog<T>(
  spec: Spec<Writer<T, LogItem<T>>>,
  item: (n: number) => LogItem<T>
): Promise<void> {
  const writer = await spec.open(testContext(process.env))
  for (let next = committed(); next < Number(rows); next = committed()) {
    const to = Math.min(next + 1 + Math.floor(Math.random() * 300), Number(rows))
    const items = Array.from({ length: to - next }, (_, i) => item(next + i))
    await writer.write(items, { signal: AbortSignal.timeout(60_000) })
    await commit(to)
    console.log(to)
  }
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
