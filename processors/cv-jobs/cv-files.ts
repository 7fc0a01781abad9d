import { accessKey, objectStoreSettings, storeAt } from '../../runtime/object-store/object-store-for.ts'
import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import type { Spec } from '../../runtime/pipeline.ts'
import type { Setting } from '../../runtime/settings.ts'

const bucket: Setting = {
  env: 'MINIO_BUCKET_NAME',
  describe: 'Bucket of the CVs that were uploaded, where MINIO_ACCESS_KEY is set',
  default: 'cv-files'
}
const folder: Setting = {
  env: 'COURANT_CV_FILES_DIR',
  describe: 'Folder of the CVs that were uploaded, where there is no object store',
  default: '.courant/cv-files'
}

/** Where uploaded CVs lie until they are erased. */
export const cvFiles: Spec<ObjectStore> = {
  describe: 'uploaded CVs',
  settings: [bucket, folder, ...objectStoreSettings],
  open: ({ settings }) =>
    storeAt(
      settings.text(accessKey) === '' ? settings.text(folder) : `s3://${settings.text(bucket)}`,
      settings
    )
}
