/** A topic among others of one reader, and how large its share is while all of them have something. */
export interface Lane {
  readonly topic: string
  readonly weight: number
}

/**
 * Draws lanes by weight, the smooth way: of 6:3:1, in ten draws six, three and one, well mixed. What nobody takes up is
 * kept up to one round, so that a lane that was empty has its share at once and no more. A lane whose items wait long
 * gains weight with their age, up to that of the heaviest.
 */
export class Draw {
  readonly #lanes: readonly {
    readonly topic: string
    readonly weight: number
    credit: number
    aged: number
  }[]
  readonly #heaviest: number
  readonly #agesInMs: number

  /** `agesInMs` is how long an item waits for its lane to weigh twice as much. */
  constructor(lanes: readonly Lane[], agesInMs: number) {
    this.#lanes = lanes.map((lane) => ({ ...lane, credit: 0, aged: lane.weight }))
    this.#heaviest = Math.max(...lanes.map(({ weight }) => weight))
    this.#agesInMs = agesInMs
  }

  /** The topics, the one that should be taken from first. */
  order(): string[] {
    const after = ({ credit, aged }: { credit: number; aged: number }) => credit + aged
    return this.#lanes
      .toSorted((a, b) => after(b) - after(a) || b.weight - a.weight)
      .map(({ topic }) => topic)
  }

  /** Notes from which one an item came, and how long it had waited. */
  drawn(topic: string, waitedMs: number): void {
    const round = this.#lanes.reduce((sum, { aged }) => sum + aged, 0)
    for (const lane of this.#lanes) lane.credit = Math.min(lane.credit + lane.aged, round)
    const lane = this.#lanes.find((one) => one.topic === topic)
    if (!lane) return
    lane.credit = Math.max(lane.credit - round, -round)
    lane.aged = Math.min(lane.weight * (1 + Math.max(0, waitedMs) / this.#agesInMs), this.#heaviest)
  }
}
