import type { FastifyRequest } from 'fastify'
import { deadLettersIn } from '../topics/catalogue.ts'
import { type Gate, maySee } from './gate.ts'
import type { Site } from './site.ts'

/** Pages that show records of every system at once: whoever is held to some gets them from the pages of those. */
const ofAll = new Set(['/d', '/k/:name'])

/** Who sees and changes what, by the system it is of. */
export class Sight {
  readonly #site: Site
  readonly #gate: Gate

  constructor(site: Site, gate: Gate) {
    this.#site = site
    this.#gate = gate
  }

  /** Whether who asks may open a page. */
  mayOpen(path: string, request: FastifyRequest): boolean {
    const person = this.#gate.personOf(request)
    if (person === null) return false
    if (person.systems === null) return true
    if (ofAll.has(path)) return false
    const { name } = request.params as { name?: string }
    if (name === undefined) return true
    return maySee(person, path.startsWith('/t/') ? this.#systemOfTopic(name) : this.#systemOf(name))
  }

  /** The name of who asks, where they may change something of that pipeline, or of any; null where they may not. */
  mayChange(request: FastifyRequest, target: string | null): string | null {
    const person = this.#gate.personOf(request)
    if (person?.role !== 'operator') return null
    return target === null || maySee(person, this.#systemOf(target)) ? person.name : null
  }

  #systemOf(pipeline: string): string {
    return this.#site.declared.systemOf(pipeline)
  }

  #systemOfTopic(topic: string): string {
    const pipeline = deadLettersIn(topic)
    if (pipeline !== null) return this.#systemOf(pipeline)
    return this.#site.declared.topics.find(({ name }) => name === topic)?.owner ?? ''
  }
}
