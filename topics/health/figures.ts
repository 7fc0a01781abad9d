import type { MetricsRegistry } from '../../runtime/observability.ts'

interface Value {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** The metrics of this process at a moment, by pipeline, over their other labels. */
export class Figures {
  readonly #values = new Map<string, number[]>()

  static async read({ registry }: MetricsRegistry): Promise<Figures> {
    const figures = new Figures()
    for (const { name, values } of await registry.getMetricsAsJSON())
      for (const { labels, value } of values as Value[]) figures.#add(`${name} ${labels['pipeline']}`, value)
    return figures
  }

  #add(place: string, value: number): void {
    this.#values.set(place, [...(this.#values.get(place) ?? []), value])
  }

  /** Added up. `metric` is without the prefix `courant_`. */
  sum(metric: string, pipeline: string): number {
    return this.#known(metric, pipeline).reduce((sum, value) => sum + value, 0)
  }

  /** Whether anything is known of it. */
  has(metric: string, pipeline: string): boolean {
    return this.#known(metric, pipeline).length > 0
  }

  /** The largest, 0 where there is none. */
  max(metric: string, pipeline: string): number {
    return Math.max(0, ...this.#known(metric, pipeline))
  }

  #known(metric: string, pipeline: string): readonly number[] {
    return (this.#values.get(`courant_${metric} ${pipeline}`) ?? []).filter((value) => !Number.isNaN(value))
  }
}
