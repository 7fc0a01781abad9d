import type { System } from '../system.ts'

const name = 'applications'

/** Job applications: from the recruitment database, by webhook and once a day, to Azure Blob Storage. */
export const applications: System = {
  name,
  describe: 'job applications, from the recruitment database to Azure Blob Storage',
  commands: {
    applications: {
      describe: 'job applications: publish them again, or make a database to try with',
      load: async () => (await import('./applications-verb.ts')).applicationsCommand
    }
  },
  load: async () => (await import('./applications-parts.ts')).applicationsParts(name)
}
