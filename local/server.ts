import type { Prerequisite } from './prerequisites.ts'
import type { DroppedUser } from './tied-process.ts'

export type ServerName = 'kafka' | 'registry' | 'cassandra' | 'postgres' | 'minio' | 'azurite'

/** Takes one line of progress for people. */
export type Report = (line: string) => void

/** Where one server runs: its data, the folder it was installed in, and its ports by role. */
export interface Place {
  /** `<data>/<server>`: configuration and data, kept between starts. */
  readonly home: string
  readonly installed: string
  readonly ports: Readonly<Record<string, number>>
  /** What the server has written to its log since this start. */
  readonly logText: () => Promise<string>
}

/** The command that is the server, and how it is ended. */
export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Run as this user, because the server refuses to be root. */
  readonly user?: DroppedUser | undefined
  /** Asks for an orderly end; SIGTERM unless told. */
  readonly stopSignal?: NodeJS.Signals
  /** Sent by the kernel when our process is gone; SIGKILL unless told. */
  readonly orphanSignal?: NodeJS.Signals
  /** Log lines after which the same start is tried again, since what stood in the way passes by itself. */
  readonly passingTrouble?: RegExp
}

/** One kind of server: how to install it, start it, tell that it is ready, and reach it. */
export interface Server {
  readonly name: ServerName
  readonly describe: string
  /** What the machine needs to run it, and besides to install it. */
  readonly needs: { readonly run: readonly Prerequisite[]; readonly install: readonly Prerequisite[] }
  /** A variable that, when set, names a server that exists already, so that none is started. */
  readonly replacedBy: string
  /** Role to default port; the first is the one that clients use. */
  readonly ports: Readonly<Record<string, number>>
  /** Where it is installed; the folder exists only when the installation is whole. */
  installedIn(cacheDir: string): string
  /** Fills an empty folder. */
  install(folder: string, report: Report): Promise<void>
  /** Writes the configuration, makes the data ready, and gives the command. */
  prepare(place: Place): Promise<Launch>
  /** True once it answers requests; an error counts as not yet. */
  isReady(place: Place): Promise<boolean>
  url(place: Place): string
  /** The variables by which Courant's clients find it. */
  env(place: Place): Record<string, string>
}

/** A server that runs, or ran and can be started again on the same ports and data. */
export interface Running {
  readonly name: ServerName
  /** Process id of the server itself, for signals; another one after `restart`. */
  readonly pid: number
  readonly url: string
  readonly env: Readonly<Record<string, string>>
  readonly logFile: string
  /** Ends it in order, by force after 30 s; resolves when the process is gone. */
  stop(): Promise<void>
  /** Sends a deadly signal, SIGKILL unless told; resolves when the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Stops it if it runs, and resolves when it is ready again. */
  restart(): Promise<void>
}
