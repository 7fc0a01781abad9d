import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { passwordCheck, type Person, readUsers } from '../edge/operator-users.ts'
import { CourantError } from '../runtime/errors.ts'
import { isOfOurPage } from './same-page.ts'
import { Lockout, Sessions } from './sessions.ts'

/** Who looks where no login is asked for: whoever reaches loopback of this machine. */
const anybody: Person = { name: 'loopback', role: 'operator', systems: null }

/** Open to whoever has no login: the login itself, and what the browser needs to show it. */
const open = new Set(['/login', '/page.css', '/page.js'])

const cookieName = 'courant-session'

export interface GateOptions {
  /** What COURANT_OPERATOR_USERS says; without any, nobody is asked. */
  readonly users: string
  /** Whether browsers send the session over TLS only: everywhere but on loopback. */
  readonly isSecure: boolean
  readonly page: (request: FastifyRequest, reply: FastifyReply, isWrong: boolean) => FastifyReply
}

/** Lets in who has logged in, and says who somebody is. */
export class Gate {
  readonly #sessions = new Sessions()
  readonly #lockout = new Lockout()
  readonly #options: GateOptions
  readonly #check: ReturnType<typeof passwordCheck> | null

  constructor(options: GateOptions) {
    this.#options = options
    const users = readUsers(options.users)
    if (typeof users === 'string') throw new CourantError('CONFIG_INVALID', `COURANT_OPERATOR_USERS ${users}`)
    this.#check = users.length > 0 ? passwordCheck(users) : null
  }

  /** Who it is; null of somebody who has to log in. */
  personOf(request: FastifyRequest): Person | null {
    return this.#check === null ? anybody : this.#sessions.of(tokenIn(request))
  }

  /** Adds `/login` and `/logout`, and keeps out of all other pages who has not logged in. */
  guard(app: FastifyInstance): void {
    if (this.#check === null) return
    const { page } = this.#options
    app.addHook('onRequest', async (request, reply) => {
      const path = request.routeOptions.url ?? ''
      if (open.has(path) || this.personOf(request) !== null) return undefined
      return page(request, reply.code(401), false)
    })
    app.get('/login', async (request, reply) => page(request, reply, false))
    app.post('/login', (request, reply) => this.#login(request, reply))
    app.post('/logout', async (request, reply) => {
      if (isOfOurPage(request)) this.#sessions.close(tokenIn(request))
      return reply.header('set-cookie', this.#cookie('', 0)).redirect('/login', 303)
    })
  }

  async #login(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { name = '', password = '' } = (request.body ?? {}) as Record<string, string>
    const { ip } = request
    const mayTry = isOfOurPage(request) && !this.#lockout.isLocked(name, ip)
    const person = mayTry && this.#check ? await this.#check(name, password) : null
    if (person === null) {
      if (mayTry) this.#lockout.failed(name, ip)
      // The same whether the name, the password or the moment is wrong.
      return this.#options.page(request, reply.code(401), true)
    }
    this.#lockout.succeeded(name, ip)
    const token = this.#sessions.open(person)
    return reply.header('set-cookie', this.#cookie(token, 12 * 3600)).redirect('/', 303)
  }

  #cookie(token: string, seconds: number): string {
    const secure = this.#options.isSecure ? '; Secure' : ''
    return `${cookieName}=${token}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}${secure}`
  }
}

const tokenIn = ({ headers }: FastifyRequest): string =>
  new RegExp(String.raw`(?:^|;\s*)${cookieName}=([\w-]+)`).exec(headers.cookie ?? '')?.[1] ?? ''

/** Whether somebody may see records of a system, or of none that is known. */
export const maySee = ({ systems }: Person, system: string): boolean =>
  systems === null || systems.includes(system)
