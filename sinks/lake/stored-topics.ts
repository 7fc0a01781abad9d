import type { StoredTopic, StoredTopics } from '../../runtime/pipeline.ts'
import { bytesContent } from '../../runtime/object-store/content.ts'
import { type ObjectStore, readText } from '../../runtime/object-store/object-store.ts'

/** The object that says which topics the files of a folder are of. */
export const topicsName = (folder: string): string => `${folder}/_topics.json`

/** Topics that the files of a folder of the lake are of, kept beside them. */
export function folderTopics(store: ObjectStore, folder: string): StoredTopics {
  const name = topicsName(folder)
  const read = async () =>
    JSON.parse((await readText(store, name)) ?? '{}') as Readonly<Record<string, StoredTopic>>
  return {
    load: async (topic) => (await read())[topic] ?? null,
    async save(topic, known) {
      for (;;) {
        const info = await store.head(name)
        const content = bytesContent(`${JSON.stringify({ ...(await read()), [topic]: known }, null, 2)}\n`)
        const condition = info ? { ifMatch: info.etag } : { ifNoneMatch: '*' as const }
        if ((await store.put(name, content, { ...condition, contentType: 'application/json' })) !== null)
          return
      }
    }
  }
}
