import type { AnyPipeline } from '../../runtime/pipeline.ts'
import { fileDrops } from './filing/file-away.ts'
import { loadFiles } from './loading/load-files.ts'

/** What becomes of dropped files up to Argent. */
export const filesProcessors: readonly AnyPipeline[] = [fileDrops, loadFiles]
