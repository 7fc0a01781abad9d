import { setTimeout as wait } from 'node:timers/promises'
import { noCounts, type SampleCounts } from './flaws.ts'
import { happenings } from './happenings.ts'
import { type Random, randomFrom } from './random.ts'
import type { SampleTargets } from './targets.ts'
import { type Statement, type World, worldOf, type Writes } from './world.ts'
import { writeRows } from './write-rows.ts'

export interface TrickleOptions {
  readonly signal: AbortSignal
  readonly perSecond: number
  readonly seed: number
}

export interface TrickleCounts extends SampleCounts {
  /** How often each thing happened. */
  readonly happened: Record<string, number>
  /** Rounds of about 100 ms that a source did not accept, in part or whole; it goes on with the next. */
  readonly failedRounds: number
}

const ROUND_MS = 100

/** Lets people go on using the application, in real time, until the signal; says what happened. */
export async function trickle(options: TrickleOptions, targets: SampleTargets): Promise<TrickleCounts> {
  const { signal, perSecond, seed } = options
  const counts = noCounts()
  const happened: Record<string, number> = {}
  // The start is part of the seed, or a second trickle would make the same ids again.
  const maker = { random: randomFrom(`${seed}/trickle ${Date.now()}`), counts }
  const world = await worldOf(targets, maker)
  const startedMs = Date.now()
  let done = 0
  let failedRounds = 0
  while (!signal.aborted) {
    const due = Math.floor(((Date.now() - startedMs) * perSecond) / 1000) - done
    const atOf = (n: number) => new Date(startedMs + ((done + n) * 1000) / perSecond)
    const round = Array.from({ length: Math.min(due, perSecond) }, (_, n) => happen(world, happened, atOf(n)))
    done += due
    await writeAll(targets, round).catch(() => {
      failedRounds += 1
    })
    await wait(ROUND_MS, undefined, { signal }).catch(() => undefined)
  }
  return { ...counts, happened, failedRounds }
}

const totalWeight = Object.values(happenings).reduce((sum, { weight }) => sum + weight, 0)

function happen(world: World, happened: Record<string, number>, at: Date): Writes {
  const name = chooseHappening(world.maker.random)
  const writes = happenings[name]?.happen(world, at) ?? {}
  happened[name] = (happened[name] ?? 0) + 1
  for (const { table } of writes.rows ?? []) {
    const { rows } = world.maker.counts
    rows[table] = (rows[table] ?? 0) + 1
  }
  return writes
}

function chooseHappening(random: Random): string {
  let dice = random.next() * totalWeight
  for (const [name, { weight }] of Object.entries(happenings)) {
    dice -= weight
    if (dice < 0) return name
  }
  return 'login'
}

/** New rows first, so that an update in the same round finds its row. */
async function writeAll(targets: SampleTargets, round: readonly Writes[]): Promise<void> {
  await writeRows(
    targets,
    round.flatMap(({ rows = [] }) => rows)
  )
  for (const { statements = [] } of round)
    await Promise.all(statements.map((statement) => execute(targets, statement)))
}

async function execute({ pg, cassandra }: SampleTargets, statement: Statement): Promise<void> {
  const { database, text, values } = statement
  if (database === 'postgres')
    await pg?.query(
      text((table) => `"${table}"`),
      [...values]
    )
  else
    await cassandra?.client.execute(
      text((table) => `"${cassandra.keyspace}"."${table}"`),
      [...values],
      { prepare: true }
    )
}
