import { dirname } from 'node:path'
import { checkFolderOf } from '../../runtime/files/durable-files.ts'
import type { LogItem, Spec, Writer } from '../../runtime/pipeline.ts'
import type { Change } from '../../schemas/change.ts'
import type { Settings } from '../../runtime/settings.ts'
import { checkObjectStore, objectStoreSettings } from '../../runtime/object-store/object-store-for.ts'
import { GoldPublisher } from './gold-publisher.ts'
import type { TopicEnds } from './records-behind.ts'
import { goldSettings } from './settings.ts'
import { GoldState } from './state/gold-state.ts'
import type { ChangeItem } from './state/kept-table.ts'

const batching = { maxItems: 5000, lingerMs: 150 } as const

/**
 * Keeps clean changes with their offsets, and beside that computes the days they touch and publishes them. One process
 * at a time: Gold is one database.
 */
export function goldSink(
  endsOf: ((settings: Settings) => TopicEnds) | null = null
): Spec<Writer<Change<unknown>, LogItem<Change<unknown>>>> {
  return {
    describe: 'Gold: DuckDB for analysts, and Parquet in the lake',
    settings: [...Object.values(goldSettings), ...objectStoreSettings],
    batching,
    async check({ settings }) {
      const { dir, analyticsPath } = goldSettings
      checkFolderOf(dir.env, settings.text(dir))
      checkFolderOf(analyticsPath.env, dirname(settings.text(analyticsPath)))
      await checkObjectStore(settings)
    },
    async open(context) {
      const state = GoldState.open(context.settings.text(goldSettings.dir))
      const publisher = await GoldPublisher.open(context, {
        state,
        ends: endsOf?.(context.settings) ?? null
      }).catch((error: unknown) => {
        state.close()
        throw error
      })
      return {
        stored: {
          nextOffsets: async (topic, partitions) =>
            new Map(partitions.map((partition) => [partition, state.nextOffset(topic, partition)])),
          save: async (topic, next) => state.passTo(topic, next)
        },
        topics: {
          load: async (topic) => state.topic(topic),
          save: async (topic, known) => state.setTopic(topic, known)
        },
        async write(items, { signal }) {
          signal.throwIfAborted()
          publisher.check()
          state.keep(items as readonly ChangeItem[])
          publisher.tellUnseen()
          publisher.catchingUp(items.length === batching.maxItems)
        },
        async close() {
          await publisher.close()
          state.close()
        }
      }
    }
  }
}
