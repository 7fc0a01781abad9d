import type { Context } from '../../runtime/pipeline.ts'
import { historyViewName, viewName } from '../../schemas/view-names.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import type { PartitionOffsets } from '../../topics/kafka/port.ts'
import type { Freshness } from '../warehouse/freshness.ts'
import { type SilverCatalogue, shownTables } from '../warehouse/silver-catalogue.ts'
import { inputs } from './inputs.ts'
import { goldTables } from './models.ts'
import { recordsFrom, type TopicEnds } from './records-behind.ts'
import { goldSettings } from './settings.ts'
import type { GoldState } from './state/gold-state.ts'
import type { Subject } from './state/kept-table.ts'

/** A gauge: seconds since when what analysts see of a table or view may lack something. */
const analyticsAge = 'analytics_age_seconds'

interface Parts {
  readonly context: Context
  readonly state: GoldState
  readonly silver: SilverCatalogue
  /** Where topics end; null where there is nobody to ask. */
  readonly ends: TopicEnds | null
}

type Ends = ReadonlyMap<string, readonly PartitionOffsets[]>

/** What is known of how old everything is that analysts see. */
export class GoldFreshness {
  readonly #parts: Parts
  readonly #openedAt = Date.now()
  /** Everything that Gold had kept by then is computed. */
  #computedAsOf: number | null = null
  #published: readonly Freshness[] = []
  #ends: Ends = new Map()
  #asking: Promise<unknown> | null = null
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Notes that everything is computed that was kept by then, in milliseconds since the epoch. */
  computed(asOf: number): void {
    this.#computedAsOf = asOf
  }

  /** What a publication now would have to say. */
  async facts(): Promise<readonly Freshness[]> {
    this.#ask()
    const shown = this.#parts.silver.shown()
    const silver = shownTables.flatMap((table): Freshness[] => {
      const look = shown.get(table)
      const ends = this.#ends.get(topicsOf(table).clean.name)
      const fresh = { asOf: look?.asOf ?? null, recordsBehind: look ? recordsFrom(look.next, ends) : null }
      return [viewName(table), historyViewName(table)].map((name) => ({ name: `silver.${name}`, ...fresh }))
    })
    const gold = goldTables.map(({ name, subject }) => ({
      name,
      asOf: this.#computedAsOf,
      recordsBehind: this.#behind(subject)
    }))
    return [...gold, ...silver]
  }

  /** Notes what analysts are told from now on. */
  published(list: readonly Freshness[]): void {
    this.#published = list
  }

  /** Sets the gauges; a table that was never shown is as old as this process. */
  tell(): void {
    const now = Date.now()
    for (const { name, asOf } of this.#published)
      this.#parts.context.metrics.gauge(analyticsAge, (now - (asOf ?? this.#openedAt)) / 1000, { view: name })
  }

  #behind(subject: Subject): number | null {
    const kept = inputs.filter(({ fromState }) => fromState[subject]).map(({ kept }) => kept.table)
    const offsets = this.#parts.state.offsets()
    const each = kept.map((table) => {
      const { name } = topicsOf(table).clean
      const own = offsets.filter(({ topic }) => topic === name)
      const next = new Map(own.map(({ partition, nextOffset }) => [partition, nextOffset]))
      return recordsFrom(next, this.#ends.get(name))
    })
    return each.reduce((sum, one) => (sum === null || one === null ? null : sum + one), 0)
  }

  /** Kafka is asked beside everything else, which does not wait for it; what it said last stands until then. */
  #ask(): void {
    const { ends, context } = this.#parts
    const everyMs = context.settings.number(goldSettings.staleSeconds) * 250
    if (!ends || this.#asking || performance.now() - this.#askedAt < everyMs) return
    this.#askedAt = performance.now()
    this.#asking = ends(shownTables.map((table) => topicsOf(table).clean.name))
      .then(
        (found) => (this.#ends = found),
        () => (this.#ends = new Map())
      )
      .finally(() => (this.#asking = null))
  }
}
