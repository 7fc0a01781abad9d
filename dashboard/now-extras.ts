import { groupLetters, type GroupedLetters } from '../operate/letters.ts'
import { durationText, type Language } from '../topics/health/durations.ts'
import { levelText } from '../topics/health/sentences.ts'
import type { Writing } from './cells.ts'
import { address, type Html, html } from './html.ts'
import type { Site } from './site.ts'
import { behindCell, type NowExtras } from './status-page.ts'
import type { PipelineView, StatusView } from './status.ts'
import { texts } from './texts.ts'

/** Letters are looked through no more often, however many look at the page. */
const lettersEveryMs = 15_000

/** What the first page says beside how pipelines are; it waits for no server: what was told last is shown. */
export function nowExtras(site: Site): (status: StatusView) => NowExtras {
  const letters = new LettersTold(site)
  return (status) => {
    letters.askAbout(status.pipelines.filter(({ deadLetters }) => deadLetters !== 0).map(({ name }) => name))
    return {
      lettersOf: (pipeline, language) => letters.sentence(pipeline, language),
      ifNothing: (pipeline, language) => ifNothing(pipeline, site, language),
      flow: (now, writing) => flow(now, site, writing)
    }
  }
}

/** What is known of why letters wait. */
class LettersTold {
  readonly #site: Site
  #told: ReadonlyMap<string, GroupedLetters> = new Map()
  #askedAt = -Infinity

  constructor(site: Site) {
    this.#site = site
  }

  askAbout(pipelines: readonly string[]): void {
    if (performance.now() - this.#askedAt < lettersEveryMs) return
    this.#askedAt = performance.now()
    void this.#ask(pipelines)
  }

  async #ask(pipelines: readonly string[]): Promise<void> {
    const { connection } = this.#site
    try {
      const all = await groupLetters(pipelines, { connection, signal: AbortSignal.timeout(lettersEveryMs) })
      this.#told = new Map(all.map((one) => [one.pipeline, one]))
    } catch {
      // Kafka does not answer, which the page says of each pipeline: why letters wait is what it told last.
    }
  }

  sentence(pipeline: string, language: Language): string {
    const told = this.#told.get(pipeline)
    const [largest] = told?.groups ?? []
    if (!told || !largest) return ''
    const percent = Math.round((100 * largest.count) / told.lookedAt)
    const since = largest.first.toISOString().slice(0, 16).replace('T', ' ')
    const error = `${largest.code}${largest.field && ` ${largest.field}`}`
    return language === 'fr'
      ? `${percent} % pour une erreur : ${error}, depuis ${since} UTC.`
      : `${percent} % of them for one error: ${error}, since ${since} UTC.`
  }
}

/** When what waits is deleted by age, should nobody do anything. */
function ifNothing({ name, lagSeconds, health }: PipelineView, site: Site, language: Language): string {
  if (health.level === 'keepsUp' || lagSeconds === null || lagSeconds <= 0) return ''
  const reads = site.declared.pipelines.find((one) => one.name === name)?.reads ?? []
  const kept = site.declared.topics
    .filter((topic) => reads.includes(topic.name))
    .map(({ config }) => Number(config['retention.ms'] ?? Number.NaN))
  if (kept.length === 0 || kept.some(Number.isNaN)) return ''
  const shortest = Math.min(...kept.map((ms) => (ms < 0 ? Infinity : ms / 1000)))
  if (shortest === Infinity) return texts[language].retentionNever
  const left = durationText(Math.max(0, shortest - lagSeconds), language)
  return language === 'fr'
    ? `si rien n’est fait, la rétention efface dans ${left}`
    : `if nothing is done, retention deletes in ${left}`
}

/** The graph of each system as a list in the order data flows; one that is well is folded. */
function flow({ pipelines }: StatusView, site: Site, writing: Writing): Html {
  const say = texts[writing.language]
  const views = new Map(pipelines.map((view) => [view.name, view]))
  const known = site.declared.pipelines.filter(({ name }) => views.has(name))
  const systems = [...Map.groupBy(known, ({ name }) => site.declared.systemOf(name))]
  const boxes = systems.map(([system, own]) => {
    const isWell = own.every(({ name }) => views.get(name)?.health.level === 'keepsUp')
    const steps = own.map(({ name, reads, writes }) => {
      const view = views.get(name)
      return html`<tr class="${view?.health.level}"><td class="wide">${topicLinks(reads)}</td><th scope="row"><a href="${address(['p', name])}">${name}</a></th><td class="wide">${topicLinks(writes)}</td><td>${view && levelText(view.health, writing.language)}</td><td class="number">${view && behindCell(view, writing)}</td></tr>`
    })
    return html`<details id="flow-${system}"${!isWell && html` open=""`}><summary>${system} (${own.length})</summary><table><thead><tr><th scope="col" class="wide">${say.reads}</th><th scope="col">${say.pipeline}</th><th scope="col" class="wide">${say.writes}</th><th scope="col">${say.health}</th><th scope="col" class="number">${say.lagSeconds}</th></tr></thead><tbody>${steps}</tbody></table></details>`
  })
  return boxes.length === 0 ? html`` : html`<h2>${say.flow}</h2>${boxes}`
}

const topicLinks = (names: readonly string[]) =>
  names.map((topic) => html`<a href="${address(['t', topic])}">${topic}</a> `)
