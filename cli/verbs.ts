import type { Command } from 'commander'

type Register = (program: Command) => void

interface Verb {
  /** What `courant --help` says of it. */
  readonly describe: string
  readonly load: () => Promise<Register>
}

/**
 * Every verb, loaded only when it is the one asked for: `courant list` need not wait for DuckDB to load, nor
 * `courant --help` for anything.
 */
export const verbs: Readonly<Record<string, Verb>> = {
  up: {
    describe: 'start the local servers (Kafka, registry, Cassandra, PostgreSQL unless named) until Ctrl-C',
    load: async () => (await import('./up.ts')).upCommand
  },
  down: {
    describe: 'stop the local servers that were started from this folder',
    load: async () => (await import('./up.ts')).downCommand
  },
  demo: {
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
    describe: 'list every pipeline with what it reads and writes; connects to nothing',
    load: async () => (await import('./list.ts')).listCommand
  },
  etl: {
    describe: 'copy the ERP (Progress OpenEdge) into the ODS, and operate that',
    load: async () => (await import('../systems/erp/etl.ts')).etlCommand
  },
  gold: {
    describe: 'look at the Gold tables, rebuild them, trace their rows',
    load: async () => (await import('../systems/gold/gold-verb.ts')).goldCommand
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
    describe: 'take events (POST /topics/{topic}/events) and webhooks over HTTP until Ctrl-C',
    load: async () => (await import('./edge.ts')).edgeCommand
  },
  lag: {
    describe: 'show how far pipelines are behind: records, age of the first unread one, status',
    load: async () => (await import('./lag.ts')).lagCommand
  },
  applications: {
    describe: 'job applications: publish them again, or make a database to try with',
    load: async () => (await import('../systems/applications/applications-verb.ts')).applicationsCommand
  },
  cv: {
    describe: 'read CVs (PDF, DOCX, DOC, RTF, text) to structured data, offline',
    load: async () => (await import('../systems/cv/cv-verb.ts')).cvCommand
  },
  lake: {
    describe: 'try files for the lake: how they are read, and everything that is wrong with them, offline',
    load: async () => (await import('../systems/files/lake-verb.ts')).lakeCommand
  },
  dlq: {
    describe: 'look into and replay what pipelines set aside',
    load: async () => (await import('./dlq.ts')).dlqCommand
  }
}

/** Adds the verb that is asked for, and of the others only the name and what they do. */
export async function addVerbs(program: Command, asked: string | undefined): Promise<void> {
  for (const [name, { describe, load }] of Object.entries(verbs))
    if (name === asked) {
      const register = await load()
      register(program)
      program.commands.find((command) => command.name() === name)?.description(describe)
    } else program.command(name).description(describe)
}
