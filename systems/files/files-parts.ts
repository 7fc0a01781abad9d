import { filesProcessors } from '../../processors/files/index.ts'
import { filesProducers } from '../../producers/files/list-bucket.ts'
import { filesSwitch } from '../../runtime/object-store/bucket-objects.ts'
import { topicList } from '../../topics/catalogue.ts'
import type { SystemParts } from '../system.ts'
import { notificationSettings } from './notifications.ts'

/** What the lake of dropped files is made of. */
export const filesParts = (name: string): SystemParts => ({
  switches: [filesSwitch],
  settings: notificationSettings,
  topics: topicList.filter(({ owner }) => owner === name),
  pipelines: [...filesProducers, ...filesProcessors],
  servers: ['minio']
})
