import { GoldWorld } from './gold-world.ts'
import { longLog } from './long-log.ts'

// The gold sink in a process of its own, to be killed at any moment. It gives the sink a log in small batches from where
// the sink says it is, a line on stdout for each, and ends when all is published. Usage: gold-process.ts SEED FOLDER

const [, , seed = '1', folder = ''] = process.argv
const world = new GoldWorld({ folder })
const sink = await world.open()
const items = longLog(Number(seed))
const topics = Map.groupBy(items, ({ topic }) => topic)
const next = new Map<string, number>()
for (const [topic, list] of topics) {
  const partitions = [...new Set(list.map(({ partition }) => partition))]
  const stored = await sink.stored?.nextOffsets(topic, partitions)
  for (const [partition, offset] of stored ?? []) next.set(`${topic}/${partition}`, offset)
}
// A little of what is stored comes again, as after a commit that was lost.
const rest = items.filter(
  ({ topic, partition, offset }) => offset >= (next.get(`${topic}/${partition}`) ?? 0) - 2
)
for (let from = 0; from < rest.length; from += 40) {
  await sink.write(rest.slice(from, from + 40), { signal: AbortSignal.timeout(60_000) })
  process.stdout.write('batch\n')
  await new Promise((resolve) => setTimeout(resolve, 20))
}
await sink.close()
