import type { Command } from 'commander'
import { systems } from '../systems/index.ts'
import type { Commands, Verb } from '../systems/system.ts'

/** The verbs that are of no system. */
const general: Commands = {
  up: {
    isAlone: true,
    describe: 'start the local servers (Kafka, registry, Cassandra, PostgreSQL unless named) until Ctrl-C',
    load: async () => (await import('./up.ts')).upCommand
  },
  down: {
    isAlone: true,
    describe: 'stop the local servers that were started from this folder',
    load: async () => (await import('./up.ts')).downCommand
  },
  demo: {
    isAlone: true,
    describe: 'start the local servers, fill them with sample data, run everything, and stay live',
    load: async () => (await import('./demo.ts')).demoCommand
  },
  doctor: {
    describe: 'say what this machine lacks, and which servers do not answer',
    load: async () => (await import('./doctor.ts')).doctorCommand
  },
  run: {
    describe: 'run pipelines, all unless named (patterns such as `silver.*` work)',
    load: async () => (await import('./run.ts')).runCommand
  },
  check: {
    describe: 'check settings, topics, schemas and sources before anything runs; changes nothing',
    load: async () => (await import('./check.ts')).checkCommand
  },
  list: {
    describe: 'list every pipeline with what it reads and writes; runs nothing',
    load: async () => (await import('./list.ts')).listCommand
  },
  tables: {
    describe: "list a source's tables, and declare some from its catalogue",
    load: async () => (await import('./tables.ts')).tablesCommand
  },
  topics: {
    describe: 'declare, create and look into topics',
    load: async () => (await import('./topics.ts')).topicsCommand
  },
  publish: {
    describe: 'publish JSON lines, each checked against the schema of the topic',
    load: async () => (await import('./publish.ts')).publishCommand
  },
  edge: {
    isAlone: ['token'],
    describe: 'take events (POST /topics/{topic}/events) and webhooks over HTTP until Ctrl-C',
    load: async () => (await import('./edge.ts')).edgeCommand
  },
  login: {
    isAlone: true,
    describe: 'make a login for the operator pages, and the line of settings that lets it in',
    load: async () => (await import('./login.ts')).loginCommand
  },
  lag: {
    describe: 'show how far pipelines are behind: records, age of the first unread one, status',
    load: async () => (await import('./lag.ts')).lagCommand
  },
  offsets: {
    describe: 'show how far the group of a pipeline is, and move it while it is stopped',
    load: async () => (await import('./offsets.ts')).offsetsCommand
  },
  trace: {
    describe: 'follow one business key through every topic, personal data masked',
    load: async () => (await import('./trace.ts')).traceCommand
  },
  dlq: {
    describe: 'look into and replay what pipelines set aside',
    load: async () => (await import('./dlq.ts')).dlqCommand
  }
}

/**
 * Every verb, loaded only when it is the one asked for: `courant list` need not wait for DuckDB to load, nor
 * `courant --help` for anything.
 */
export const verbs: Readonly<Record<string, Verb>> = Object.assign(
  {},
  general,
  ...systems.map(({ commands }) => commands)
)

/** Adds the verb that is asked for, and of the others only the name and what they do. */
export async function addVerbs(program: Command, asked: string | undefined): Promise<void> {
  for (const [name, { describe, load }] of Object.entries(verbs))
    if (name === asked) {
      const register = await load()
      register(program)
      program.commands.find((command) => command.name() === name)?.description(describe)
    } else program.command(name).description(describe)
}
