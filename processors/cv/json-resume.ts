import type { CvData } from './fields/data.ts'

/** A CV in the shape of JSON Resume 1.0 (jsonresume.org/schema); what is not known is left out. */
export function jsonResumeOf({
  personal_info: person,
  skills,
  experience,
  education,
  languages
}: CvData): object {
  return filled({
    basics: filled({
      name: person.name,
      label: person.title,
      email: person.email,
      phone: person.phone,
      summary: person.summary,
      location: person.location === null ? null : { address: person.location },
      profiles: person.links.map((url) => ({ url }))
    }),
    work: experience.map((job) =>
      filled({
        name: job.company,
        position: job.title,
        location: job.location,
        startDate: job.start_date,
        endDate: job.end_date,
        summary: job.description
      })
    ),
    education: education.map((study) =>
      filled({
        institution: study.institution,
        studyType: study.degree,
        startDate: study.start_date,
        endDate: study.end_date
      })
    ),
    skills: skills.map((name) => ({ name })),
    languages: languages.map(({ language, level }) => filled({ language, fluency: level }))
  })
}

function filled(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}
