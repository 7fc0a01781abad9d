import { readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { isAbsent, makeFolder, syncFolder, writeDurably } from './durable-files.ts'
import type { Position, PositionStore } from '../pipeline.ts'
import type { Setting } from '../settings.ts'

export const stateDir: Setting = {
  env: 'COURANT_STATE_DIR',
  describe: 'Folder where readers without a consumer group keep how far they have got',
  default: '.courant/state'
}

/** A position in a file of its own: durable when save resolves, and either the old or the new after any crash. */
export function filePositions(folder: string, pipeline: string): PositionStore {
  const file = join(folder, `${pipeline}.position`)
  return {
    async load() {
      try {
        return (await readFile(file, 'utf8')) as Position
      } catch (error) {
        if (isAbsent(error)) return null
        throw error
      }
    },
    async save(position) {
      await makeFolder(folder)
      await writeDurably(`${file}.next`, position)
      await rename(`${file}.next`, file)
      await syncFolder(folder)
    }
  }
}
