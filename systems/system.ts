import type { Command } from 'commander'
import type { AddRoutes } from '../edge/app.ts'
import type { Report, ServerName } from '../local/server.ts'
import type { MetricsRegistry } from '../runtime/observability.ts'
import type { AnyPipeline, Context } from '../runtime/pipeline.ts'
import type { Environment, Setting, Settings } from '../runtime/settings.ts'
import type { DeclaredTopic } from '../topics/catalogue.ts'

/**
 * The plug: a system is a source with all that comes of it, or a use of what others bring, in a folder of its own here.
 * Everything that goes over all systems (the command line, the edge, the pages, docs/generated) takes them from
 * systems/index.ts and names none. What is written here is light: whatever has weight is behind `load`.
 */
export interface System {
  /** As COURANT_SYSTEMS names it. */
  readonly name: string
  readonly describe: string
  /** Its verbs of the command line, by name. */
  readonly commands?: Commands
  /** Takes what a local stack of this folder offers where the environment does not say. */
  readonly useLocalStack?: (env: NodeJS.ProcessEnv) => Promise<void>
  /** All else, when something asks for it: `courant --help` does not. */
  load(): Promise<SystemParts>
}

export type Commands = Readonly<Record<string, Verb>>

/** A verb of the command line, loaded only when it is the one asked for. */
export interface Verb {
  /** What `courant --help` says of it. */
  readonly describe: string
  /** Whether it needs no server that runs, or which of its subcommands need none. */
  readonly isAlone?: boolean | readonly string[]
  readonly load: () => Promise<(program: Command) => void>
}

/** What a system is made of; a part that it has none of is left out. */
export interface SystemParts {
  /** It is on where one of these is set, were it to nothing; always, where there are none. COURANT_SYSTEMS goes before. */
  readonly switches?: readonly Setting[]
  /** Names of systems with any of which it is on, too. */
  readonly runsWith?: readonly string[]
  /** What is read beside what pipelines, routes and edge declare. */
  readonly settings?: readonly Setting[]
  /** Topics with what is in them; dead letters are added for each pipeline. */
  readonly topics?: readonly DeclaredTopic[]
  /** In the order data flows. */
  readonly pipelines?: readonly AnyPipeline[]
  readonly runTime?: RunTimePipelines
  readonly routes?: Routes
  /** Gauges of its own name for the age of the oldest unread record, by pipeline. */
  readonly ageGauges?: Readonly<Record<string, string>>
  /** Whether more is to come of what these pipelines of it have read: `run --once` and the demo wait for that. */
  readonly unsettled?: (running: ReadonlySet<string>, metrics: MetricsRegistry) => Promise<boolean>
  /** Servers that it needs, of the kinds that a local stack has. */
  readonly servers?: readonly ServerName[]
  readonly sample?: Sample
  /** Pages of docs/generated beside those of all systems, by file name. */
  readonly pages?: Readonly<Record<string, Page>>
}

/** Pipelines that are known only when somebody is asked, such as one for each row of a table of configuration. */
interface RunTimePipelines {
  /** Which there are now. Never rejects because of somebody who does not answer: then they are unknown. */
  discover(settings: Settings): Promise<Discovered>
  /** Whether a name can be that of one, whoever answers. */
  owns(pipeline: string): boolean
  /** The topics that one of that name reads, whoever answers; none of a name that is not theirs. */
  reads(pipeline: string): readonly string[]
  /** What each of them is like, for docs/generated. */
  readonly patterns: readonly AnyPipeline[]
  /** And their topics. */
  readonly topics: readonly DeclaredTopic[]
  /** What runs them, in place of `courant run`. */
  readonly runBy: string
  /** What to do about a dead letter of one, where it cannot be sent again. */
  insteadOfReplay?(pipeline: string): string
}

export interface Discovered {
  readonly pipelines: readonly AnyPipeline[]
  readonly topics: readonly DeclaredTopic[]
  /** What is wrong with those that cannot run, a sentence each. */
  readonly problems: readonly string[]
  /** Why it cannot be told which there are, as a sentence; absent when it was told. */
  readonly unknown?: string
}

/** Routes of the HTTP edge. */
export interface Routes {
  readonly settings: readonly Setting[]
  /** Opens what they need; waits for it as long as the signal lets it. */
  open(context: Context, signal: AbortSignal): Promise<{ readonly add: AddRoutes; close(): Promise<void> }>
}

/** Data to try the system with, made where nothing is; `courant demo` shows it. */
export interface Sample {
  readonly servers: readonly ServerName[]
  /** What the demo sets where nothing is configured. */
  settings(dataDir: string): Environment
  /** The steps that its data goes through, in order, as the demo's table shows them. */
  readonly stages: readonly Stage[]
  open(settings: Settings): Promise<OpenSample>
}

export interface OpenSample {
  /** Fills the sources unless they are filled; refuses what holds somebody's own data. */
  fillOnce(report: Report): Promise<void>
  /** Lets more happen until the signal. */
  goOn(options: { readonly signal: AbortSignal; readonly perSecond: number }): Promise<unknown>
  /** What has come of it. */
  results(): Promise<readonly { readonly title: string; readonly rows: readonly Cells[] }[]>
  close(): Promise<void>
}

type Cells = Readonly<Record<string, string | number | null>>

/** A step of a sample's way, and which pipelines are of it. */
export interface Stage {
  readonly name: string
  readonly has: (pipeline: AnyPipeline) => boolean
}

/** A page of docs/generated: one table. */
export interface Page {
  readonly title: string
  readonly heading: readonly string[]
  readonly rows: readonly (readonly string[])[]
}
