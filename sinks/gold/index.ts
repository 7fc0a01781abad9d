import { defineSink } from '../../runtime/define.ts'
import { topicsOf } from '../../topics/catalogue.ts'
import type { Topic } from '../../topics/topic.ts'
import { union } from '../../topics/log/union.ts'
import type { Change } from '../../schemas/change.ts'
import { goldSink } from './gold-sink.ts'
import { kafkaEnds } from './records-behind.ts'
import { keptTables } from './state/kept-tables.ts'

/** From the clean topics of the tables Gold is computed from to the Gold tables. */
export const goldPipeline = defineSink<Change<unknown>>({
  name: 'gold',
  from: union(keptTables.map(({ table }): Topic<Change<unknown>> => topicsOf(table).clean)),
  into: goldSink(kafkaEnds)
})
