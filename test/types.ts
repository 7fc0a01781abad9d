// Compiled, never run: mistakes in a pipeline's file must be found by the compiler, at the line of the mistake.
import { defineProcessor, defineProducer, defineSink } from '../runtime/define.ts'
import { memoryReader, memoryWriter } from '../runtime/memory.ts'
import type { Change } from '../schemas/change.ts'
import { tables } from '../schemas/tables.ts'
import { topicsOf } from '../topics/catalogue.ts'

const { changes, clean } = topicsOf(tables.users)

defineSink({
  name: 'x',
  from: clean,
  // @ts-expect-error the sink takes another shape than the topic carries
  into: memoryWriter<{ other: number }>('x')
})

defineProducer({
  name: 'x',
  from: memoryReader<{ id: number }>('x', []),
  // @ts-expect-error the row is not in the envelope
  map: (row) => ({ id: String(row.id) }),
  to: changes
})

defineProcessor({
  name: 'x',
  from: changes,
  // @ts-expect-error text as extracted is not the clean row's exact type
  process: (change) => change,
  to: clean
})

defineProcessor({
  name: 'x',
  from: clean,
  uses: { length: { describe: 'a number', open: async () => ({ of: (text: string) => text.length }) } },
  process: (change: Change<{ email: string }>, { use }) => {
    // @ts-expect-error what is used has the type it is opened as
    use.length.missing()
    return [change].slice(use.length.of('x')) as never
  },
  to: clean
})
