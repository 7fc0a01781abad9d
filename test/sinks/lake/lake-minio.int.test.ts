import { writerContract } from '../../contracts/writer.contract.ts'
import { sharedStack } from '../../support/stack.ts'
import { unique } from '../../support/unique.ts'
import { bronzeCase, silverCase } from './lake-case.ts'

const env = () => ({
  ...sharedStack('minio'),
  COURANT_LAKE_URL: `s3://${unique('lake')}`,
  COURANT_LAKE_COMPACT_MS: '0'
})

writerContract('Bronze on MinIO', async () => bronzeCase(env()), { runs: 5 })
writerContract('Silver on MinIO', async () => silverCase(env()), { runs: 5 })
