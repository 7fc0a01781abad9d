import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import { FolderLedger } from '../lake/folder-ledger.ts'

/** What all blobs of applications begin with. */
const blobs = 'applications/'

/**
 * Where a container says up to which offset of its topic it has everything: `_courant/<pipeline>/_topics.json`. A repeat
 * changes nothing in it whatever that says; it is there so that a container that is another one, or was put back to an
 * earlier state, is filled from where it is.
 */
export function containerLedger(store: ObjectStore, pipeline: string): FolderLedger {
  const hasData = async () => {
    for await (const _ of store.list(blobs)) return true
    return false
  }
  return new FolderLedger(store, `_courant/${pipeline}`, { hasData })
}
