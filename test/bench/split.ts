import type { MeasuredProcess } from './measured-process.ts'
import type { SocialApplication } from './social-application.ts'

/** How the runbook says to split the pipelines over processes: names by what a process does. */
export const split: Readonly<Record<string, readonly string[]>> = {
  producers: ['postgres.*', 'cassandra.*'],
  cleaning: ['clean-*'],
  Bronze: ['bronze.*'],
  Silver: ['silver.*'],
  Gold: ['gold']
}

/** All pipelines, split over processes that run together. */
export class SplitRun {
  readonly #application: SocialApplication
  readonly #processes: ReadonlyMap<string, MeasuredProcess>

  static async start(application: SocialApplication): Promise<SplitRun> {
    const started = Object.entries(split).map(
      async ([part, names]) => [part, await application.start(names)] as const
    )
    return new SplitRun(application, new Map(await Promise.all(started)))
  }

  private constructor(application: SocialApplication, processes: ReadonlyMap<string, MeasuredProcess>) {
    this.#application = application
    this.#processes = processes
  }

  /** Waits until all that the topics hold is done; rejects when the first process ends before. */
  async untilQuiet(): Promise<void> {
    const [first] = this.#processes.values()
    if (first) await this.#application.untilQuiet(first)
  }

  /** Of all processes so far. */
  cpuSeconds(): number {
    return [...this.#processes.values()].reduce((sum, process) => sum + process.usage().cpuSeconds, 0)
  }

  /** The most memory that each process has held so far, in MB. */
  peaksMb(): ReadonlyMap<string, number> {
    return new Map([...this.#processes].map(([part, process]) => [part, process.usage().peakRssMb] as const))
  }

  /** Asks all for an orderly end and waits for it. */
  async stop(): Promise<void> {
    await Promise.all([...this.#processes.values()].map((process) => process.stop()))
  }
}
