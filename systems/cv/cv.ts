import type { System } from '../system.ts'

/** The CV parser, which runs without any server. */
export const cv: System = {
  name: 'cv',
  describe: 'CVs to structured data, offline',
  commands: {
    cv: {
      describe: 'read CVs (PDF, DOCX, DOC, RTF, text) to structured data, offline',
      isAlone: true,
      load: async () => (await import('./cv-verb.ts')).cvCommand
    }
  },
  load: async () => ({})
}
