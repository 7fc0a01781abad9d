import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Position, PositionStore } from './pipeline.ts'
import type { Setting } from './settings.ts'

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
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
        throw error
      }
    },
    async save(position) {
      await mkdir(folder, { recursive: true })
      await writeDurably(`${file}.next`, position)
      await rename(`${file}.next`, file)
      await syncFolder(dirname(file))
    }
  }
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w')
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

// The rename itself is durable only once the folder is.
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
