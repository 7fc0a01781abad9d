import {
  accessKey,
  bucketName,
  objectStoreSettings,
  storeAt
} from '../../runtime/object-store/object-store-for.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import type { Spec } from '../../runtime/pipeline.ts'
import type { Setting } from '../../runtime/settings.ts'

const folder: Setting = {
  env: 'COURANT_CV_FILES_DIR',
  describe: 'Folder of the CVs that were uploaded, where there is no object store',
  default: '.courant/cv-files'
}

/** Where uploaded CVs lie until they are erased. */
export const cvFiles: Spec<ObjectStore> = {
  describe: 'uploaded CVs',
  settings: [bucketName, folder, ...objectStoreSettings],
  open: ({ settings }) =>
    storeAt(
      settings.text(accessKey) === ''
        ? settings.text(folder)
        : `s3://${settings.text(bucketName) || 'cv-files'}`,
      settings
    )
}
