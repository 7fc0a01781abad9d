import type { System } from '../system.ts'

/** Files that somebody drops for the lake. */
export const files: System = {
  name: 'files',
  describe: 'files dropped for the lake',
  commands: {
    lake: {
      describe: 'try files for the lake: how they are read, and everything that is wrong with them, offline',
      isAlone: true,
      load: async () => (await import('./lake-verb.ts')).lakeCommand
    }
  },
  load: async () => ({})
}
