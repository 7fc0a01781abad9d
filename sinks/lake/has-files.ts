import type { ObjectStore } from '../../runtime/object-store/object-store.ts'
import { isDs } from './part-names.ts'

/** Whether a folder of the lake has files of rows, whatever lies beside them. */
export async function hasFiles(store: ObjectStore, folder: string): Promise<boolean> {
  for await (const { name } of store.list(`${folder}/`)) if (isDs(name.split('/').at(-2) ?? '')) return true
  return false
}
