import type { System } from '../system.ts'

const name = 'cv'

/** CVs: a parser that runs without any server, and the service that reads uploads with it. */
export const cv: System = {
  name,
  describe: 'CVs to structured data, by a command offline and by a service over HTTP',
  commands: {
    cv: {
      describe: 'read CVs (PDF, DOCX, DOC, RTF, text) to structured data, offline; or take them over HTTP',
      isAlone: ['parse'],
      load: async () => (await import('./cv-verb.ts')).cvCommand
    }
  },
  load: async () => (await import('./cv-parts.ts')).cvParts(name)
}
