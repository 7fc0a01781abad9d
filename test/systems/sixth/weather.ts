import { defineProducer, defineSink } from '../../../runtime/define.ts'
import { CourantError } from '../../../runtime/errors.ts'
import { memoryItem, memoryReader, memoryWriter } from '../../../runtime/memory.ts'
import type { System } from '../../../systems/system.ts'
import { topic } from '../../../topics/topic.ts'

interface Reading {
  readonly station: string
  readonly degrees: number
}

/** A tiny system: all that is needed to be in every list, on every page and under every verb. */
export const weather: System = {
  name: 'weather',
  describe: 'readings of a weather station',
  commands: { weather: { describe: 'look out of the window', load: async () => () => undefined } },
  async load() {
    const readings = topic<Reading>({
      name: 'weather.readings.taken',
      describe: 'A reading of a station',
      owner: 'weather',
      isDerived: true,
      schema: {
        type: 'record',
        name: 'Reading',
        namespace: 'courant.weather',
        doc: 'A reading of a station.',
        fields: [
          { name: 'station', type: 'string' },
          { name: 'degrees', type: 'double' }
        ]
      },
      config: { 'cleanup.policy': 'compact' },
      shape: { keyOf: ({ station }) => station }
    })
    const taken = [memoryItem(1, { station: 'roof', degrees: 12.5 })]
    return {
      settings: [{ env: 'COURANT_WEATHER_UNIT', describe: 'Degrees of what', default: 'Celsius' }],
      topics: [readings],
      pipelines: [
        defineProducer({ name: 'station.roof', from: memoryReader('the station', taken), to: readings }),
        defineSink({
          name: 'report.roof',
          from: readings,
          into: {
            ...memoryWriter<Reading>('the report'),
            async check() {
              throw new CourantError('TARGET_REFUSED', 'The report has no paper')
            }
          }
        })
      ]
    }
  }
}
