import { setTimeout as wait } from 'node:timers/promises'
import type { Pool } from 'pg'
import { fillApplications } from '../../../local/sample/applications/fill-applications.ts'
import { applicationRows } from '../../../local/sample/applications/generate.ts'
import { pdfOf } from '../../../local/sample/applications/pdf.ts'
import { type Random, randomFrom } from '../../../local/sample/random.ts'
import { eventually } from '../../support/eventually.ts'

/** A webhook that was answered with 202. */
export interface Accepted {
  readonly id: string
  /** `content_sha256` of the answer. */
  readonly hash: string
  /** Day of the answer's `updated_at`, such as 2026-11-22. */
  readonly day: string
}

interface BackEndOptions {
  readonly database: Pool
  readonly url: string
  readonly token: string
  readonly seed: string
}

const retryMs = 250
/** A killed PostgreSQL is back long before; what we store may be stored again. */
const untilStored = <T>(action: () => Promise<T>) =>
  eventually(action, { timeoutMs: 60_000, what: 'a change in PostgreSQL' })
const answerWithinMs = 15_000

/** Changes applications and tells the webhook of each change, again and again until it is accepted. */
export class RecruitmentBackEnd {
  readonly accepted: Accepted[] = []
  /** How often a call had another end, by status or `none`. */
  readonly refused = new Map<string, number>()
  readonly #options: BackEndOptions
  readonly #random: Random
  readonly #ids: string[]
  #events = 0
  /** Whose CV was replaced: once each, so that the content that an event refers to is either kept or current. */
  readonly #replaced = new Set<string>()

  private constructor(options: BackEndOptions, ids: string[]) {
    this.#options = options
    this.#ids = ids
    this.#random = randomFrom(options.seed)
  }

  /** Works on the applications that are in the database. */
  static async on(options: BackEndOptions): Promise<RecruitmentBackEnd> {
    const { rows } = await options.database.query<{ id: string }>('SELECT id FROM application ORDER BY id')
    return new RecruitmentBackEnd(
      options,
      rows.map(({ id }) => id)
    )
  }

  /** Begins calls at an even rate until the signal; resolves when all of them were accepted. */
  async run({ perSecond, signal }: { perSecond: number; signal: AbortSignal }): Promise<void> {
    const begunAt = performance.now()
    const calls: Promise<void>[] = []
    while (!signal.aborted) {
      const due = ((performance.now() - begunAt) / 1000) * perSecond
      while (calls.length < due) calls.push(this.#happen(this.#events++))
      await wait(5)
    }
    await Promise.all(calls)
  }

  /** Tells of an application until it is accepted. */
  async tell(id: string): Promise<void> {
    while (!(await this.#call(id))) await wait(retryMs)
  }

  async #happen(n: number): Promise<void> {
    const choice = this.#random.next()
    const known = this.#random.pick(this.#ids)
    const id = await untilStored(async () => {
      if (choice < 0.15) return this.#insert(n)
      if (choice < 0.25) await this.#replaceCv(known, n)
      else if (choice < 0.6) await this.#update(known, `etat-${n}`)
      return known
    })
    await this.tell(id)
  }

  async #insert(n: number): Promise<string> {
    const size = { seed: 1_000_000 + n, applications: 1, endingAt: new Date() }
    await fillApplications(size, this.#options.database)
    const made = [...applicationRows(size)].find(({ table }) => table === 'application')
    const id = String(made?.values['id'])
    this.#ids.push(id)
    return id
  }

  async #update(id: string, status: string): Promise<void> {
    const set = 'UPDATE application SET status = $2, updated_at = clock_timestamp() WHERE id = $1'
    await this.#options.database.query(set, [id, status])
  }

  async #replaceCv(id: string, n: number): Promise<void> {
    const { database } = this.#options
    if (this.#replaced.has(id)) return this.#update(id, `etat-${n}`)
    this.#replaced.add(id)
    const set = `UPDATE application_documents SET content = $2 WHERE application_id = $1 AND kind = 'cv'`
    await database.query(set, [id, pdfOf([`CV ${n}`])])
    await this.#update(id, `cv-${n}`)
  }

  async #call(id: string): Promise<boolean> {
    const { url, token } = this.#options
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'x-webhook-token': token, 'content-type': 'application/json' },
      body: JSON.stringify({ application_id: id }),
      signal: AbortSignal.timeout(answerWithinMs)
    }).catch(() => null)
    const body = (await answer?.json().catch(() => null)) as Record<string, string> | null
    if (answer?.status === 202 && body) {
      const { content_sha256: hash = '', updated_at = '' } = body
      this.accepted.push({ id, hash, day: updated_at.slice(0, 10) })
      return true
    }
    const end = String(answer?.status ?? 'none')
    this.refused.set(end, (this.refused.get(end) ?? 0) + 1)
    return false
  }
}
