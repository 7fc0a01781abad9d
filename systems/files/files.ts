import type { System } from '../system.ts'

const name = 'files'

/** Files that somebody drops for the lake. */
export const files: System = {
  name,
  describe: 'files dropped into a bucket, to a lake of open data',
  commands: {
    lake: {
      describe: 'dropped files: make the bucket, be told of files, try some offline',
      isAlone: ['check', 'contract'],
      load: async () => (await import('./lake-verb.ts')).lakeCommand
    }
  },
  load: async () => (await import('./files-parts.ts')).filesParts(name)
}
