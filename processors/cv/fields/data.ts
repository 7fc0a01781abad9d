import type { Education } from './education.ts'
import type { Experience } from './experience.ts'
import type { Language } from './languages.ts'

/** A CV as others read it; null where the document says nothing. Dates are `YYYY-MM` or `YYYY`; no end is "ongoing". */
export interface CvData {
  readonly personal_info: {
    readonly name: string | null
    readonly email: string | null
    /** E.164 where the country can be told, else as it stands there. */
    readonly phone: string | null
    readonly location: string | null
    readonly links: readonly string[]
    readonly title: string | null
    readonly summary: string | null
  }
  readonly skills: readonly string[]
  readonly experience: readonly Experience[]
  readonly education: readonly Education[]
  readonly languages: readonly Language[]
}
