import { containerSetting } from '../../runtime/object-store/azure-container.ts'

/** The containers of job applications. */
export const containers = {
  raw: containerSetting(
    'COURANT_APPLICATIONS_RAW',
    'Container of applications as they are at the source',
    'raw'
  ),
  curated: containerSetting('COURANT_APPLICATIONS_CURATED', 'Container of cleaned applications', 'curated'),
  features: containerSetting(
    'COURANT_APPLICATIONS_FEATURES',
    'Container of features of applications, for machine learning',
    'features'
  )
}
