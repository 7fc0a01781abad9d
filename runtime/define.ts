import type {
  Batching,
  Channel,
  LogItem,
  Pipeline,
  Reader,
  Rejected,
  Spec,
  Step,
  Uses,
  Writer
} from './pipeline.ts'

// The topic decides the type of a value (NoInfer), so a mistake is reported at the mapping, not at the topic.

/** Reads changes from a system of record and writes them to a topic. */
export function defineProducer<Row, Value>(definition: {
  name: string
  from: Spec<Reader<Row>>
  map?: Step<Row, NoInfer<Value>>
  to: Channel<Value>
}): Pipeline<Row, Value> {
  const { name, from, map, to } = definition
  return {
    kind: 'producer',
    name,
    from,
    uses: {},
    ...(map && { step: map }),
    to: to.writer(),
    reads: [],
    writes: [to.name]
  }
}

/** Reads one topic and writes another, with the help of what it uses; what it rejects goes to `rejects`. */
export function defineProcessor<In, Out, U extends Uses = Uses>(definition: {
  name: string
  from: Channel<In>
  uses?: U
  process: Step<In, NoInfer<Out>, U>
  atOnce?: number
  /** How many items it takes at once where its step is slow, so that what comes after it need not wait for many. */
  batching?: Batching
  to: Channel<Out>
  rejects?: { readonly name: string; writer(): Spec<Writer<Rejected<In>>> }
}): Pipeline<In, Out, U> {
  const { name, from, uses, process, atOnce = 1, batching, to, rejects } = definition
  return {
    kind: 'processor',
    name,
    from: from.reader(name),
    uses: uses ?? ({} as U),
    step: process,
    atOnce,
    to: { ...to.writer(), ...(batching && { batching }) },
    ...(rejects && { rejects: rejects.writer() }),
    reads: [from.name],
    writes: [to.name, ...(rejects ? [rejects.name] : [])]
  }
}

/** A workbench: items that take long, each taken when there is a place, worked at by itself and ended in any order. */
export function defineBench<In, Out, U extends Uses>(definition: {
  name: string
  describe: string
  from: { readonly topics: readonly string[]; reader(group: string): Spec<Reader<In, LogItem<In>>> }
  uses: U
  places: NonNullable<Pipeline<In, Out, U>['places']>
  work: Step<In, NoInfer<Out>, U>
  to: { readonly names: readonly string[]; writer(): Spec<Writer<Out>> }
}): Pipeline<In, Out, U> {
  const { name, describe, from, uses, places, work, to } = definition
  return {
    kind: 'processor',
    name,
    describe,
    from: from.reader(name),
    uses,
    places,
    step: work,
    to: to.writer(),
    reads: from.topics,
    writes: to.names
  }
}

/** Reads a topic, or several with the same type, and writes it somewhere outside Kafka. */
export function defineSink<Value>(definition: {
  name: string
  from: Channel<Value>
  into: Spec<Writer<NoInfer<Value>, LogItem<NoInfer<Value>>>>
}): Pipeline<Value, Value> {
  const { name, from, into } = definition
  return {
    kind: 'sink',
    name,
    from: from.reader(name, { repeatWindow: into.repeatWindow ?? 0 }),
    uses: {},
    // A channel's reader gives LogItems, and items pass a sink unchanged.
    to: into,
    reads: from.name.split(','),
    writes: []
  }
}
