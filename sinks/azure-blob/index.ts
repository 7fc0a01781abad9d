import { defineSink } from '../../runtime/define.ts'
import type { AnyPipeline } from '../../runtime/pipeline.ts'
import { events } from '../../schemas/events.ts'
import { topicOf } from '../../topics/catalogue.ts'
import { curatedSink } from './curated.ts'
import { featuresSink } from './features/features.ts'
import { functionCallSink, rawExporter } from './function-calls.ts'
import { rawSink } from './raw.ts'

const claimed = topicOf(events.claimedApplication)
const curated = topicOf(events.curatedApplication)

/** Job applications into Azure Blob Storage. Each has its own position, so that none holds up another. */
export const azureSinks: readonly AnyPipeline[] = [
  defineSink({ name: rawExporter, from: claimed, into: rawSink() }),
  defineSink({ name: 'azure.applications-function', from: claimed, into: functionCallSink() }),
  defineSink({ name: 'azure.applications-curated', from: curated, into: curatedSink() }),
  defineSink({ name: 'azure.applications-features', from: curated, into: featuresSink() })
]
