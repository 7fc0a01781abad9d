import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after } from 'node:test'
import { goldSink } from '../../../sinks/gold/gold-sink.ts'
import { stateFile } from '../../../sinks/gold/state/gold-state.ts'
import { unique } from '../../support/unique.ts'
import { writerContract } from '../../contracts/writer.contract.ts'
import { bookBought, firstDay, itemsOf } from './happenings.ts'

const root = mkdtempSync(join(tmpdir(), 'courant-gold-sink-'))
after(() => rmSync(root, { recursive: true, force: true }))

const items = itemsOf(
  Array.from({ length: 600 }, (_, n) => bookBought(n, firstDay * 86_400_000_000 + n * 1_000_000))
)

writerContract(
  'Gold',
  async () => {
    const folder = join(root, unique('gold'))
    return {
      writer: goldSink(),
      env: {
        COURANT_GOLD_DIR: folder,
        COURANT_ANALYTICS_PATH: join(folder, 'analytics.duckdb'),
        COURANT_LAKE_URL: join(folder, 'lake')
      },
      item: (n) => items[n] ?? fail(n),
      stored: async () => {
        const database = new DatabaseSync(stateFile(folder), { readOnly: true })
        const rows = database.prepare(`SELECT partition || '/' || log_offset AS place FROM purchases`).all()
        database.close()
        return rows.map(({ place }) => String(place))
      }
    }
  },
  { runs: 5, isExclusive: true }
)

function fail(n: number): never {
  throw new Error(`there is no item ${n}`)
}
