import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { writerContract } from '../../contracts/writer.contract.ts'
import { unique } from '../../support/unique.ts'
import { bronzeCase, silverCase } from './lake-case.ts'

const root = mkdtempSync(join(tmpdir(), 'courant-lake-'))
after(() => rmSync(root, { recursive: true, force: true }))
const env = () => ({ COURANT_LAKE_URL: join(root, unique('lake')), COURANT_LAKE_COMPACT_MS: '0' })

writerContract('Bronze in a folder', async () => bronzeCase(env()))
writerContract('Silver in a folder', async () => silverCase(env()))
