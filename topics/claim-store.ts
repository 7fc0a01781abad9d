import { buffer } from 'node:stream/consumers'
import { CourantError } from '../runtime/errors.ts'
import {
  containerSetting,
  containerSettings,
  openContainer
} from '../runtime/object-store/azure-container.ts'
import { bytesContent } from '../runtime/object-store/content.ts'
import type { ObjectStore } from '../runtime/object-store/object-store.ts'
import type { Spec } from '../runtime/pipeline.ts'
import type { Settings } from '../runtime/settings.ts'

/** The container of the claim store. */
export const claimsContainer = containerSetting(
  'COURANT_APPLICATIONS_CLAIMS',
  'Container of documents that events refer to',
  'claims'
)

/** A content in the claim store. */
export interface Claim {
  /** Name of the object. */
  readonly name: string
  /** Lower-case hex. */
  readonly sha256: string
  readonly bytes: number
  /** Small facts that were kept with it. */
  readonly facts: Readonly<Record<string, string>>
}

/**
 * Contents too large for an event, which refers to them by name (enterpriseintegrationpatterns.com, "Claim Check").
 * They are named by their hash and never change, so that an event means the same whenever it is read.
 */
export class ClaimStore {
  readonly #store: ObjectStore
  readonly #recent: RecentContents
  readonly #underWay = new Map<string, Promise<Claim | string>>()

  constructor(store: ObjectStore, recent = new RecentContents()) {
    this.#store = store
    this.#recent = recent
  }

  /** The claim of a content that this process has kept of late, or null; asks nobody. */
  recall(sha256: string): Claim | null {
    return this.#recent.get(sha256)?.claim ?? null
  }

  /** The claim of a content with that hash, or null when it is not there. */
  async find(sha256: string): Promise<Claim | null> {
    const name = nameOf(sha256)
    const info = await this.#store.head(name)
    return info && { name, sha256, bytes: info.size, facts: info.metadata }
  }

  /**
   * Claims a version of a document, or says why it cannot be: who asks for one that is being claimed gets the same
   * answer, so that a document that changes meanwhile does not give two.
   */
  claimOnce(version: string, claim: () => Promise<Claim | string>): Promise<Claim | string> {
    const underWay = this.#underWay.get(version)
    if (underWay) return underWay
    const claiming = claim().finally(() => this.#underWay.delete(version))
    this.#underWay.set(version, claiming)
    return claiming
  }

  /** Keeps a content; durable on resolve. */
  async keep(bytes: Buffer, facts: Readonly<Record<string, string>>): Promise<Claim> {
    const content = bytesContent(bytes)
    const name = nameOf(content.sha256)
    const isNew = (await this.#store.put(name, content, { ifNoneMatch: '*', metadata: facts })) !== null
    // Refused because it is there already, which is as good; a conflict of another kind is none.
    if (!isNew && !(await this.#store.head(name)))
      throw new CourantError('TARGET_UNAVAILABLE', 'The claim store neither takes a content nor has it')
    const claim = { name, sha256: content.sha256, bytes: content.size, facts }
    this.#recent.add(claim, bytes)
    return claim
  }

  /** The content of a claim; throws CLAIM_MISSING when it is not there or not what it was. */
  async read({ name, sha256 }: Pick<Claim, 'name' | 'sha256'>): Promise<Buffer> {
    const recent = this.#recent.get(sha256)
    if (recent) return recent.bytes
    const body = await this.#store.get(name)
    const bytes = body && (await buffer(body))
    if (bytes && bytesContent(bytes).sha256 === sha256) return bytes
    const problem = bytes
      ? 'another content than it was given'
      : 'no longer the content that a record refers to'
    throw new CourantError(
      'CLAIM_MISSING',
      `The claim store has ${problem}; send the record again from its source`
    )
  }
}

const nameOf = (sha256: string) => `documents/${sha256}`

const recentBytes = 32 * 1024 * 1024

/** Contents that this process has kept of late, by their hash: who exports them next to who claims them need not ask. */
export class RecentContents {
  readonly #contents = new Map<string, { readonly claim: Claim; readonly bytes: Buffer }>()
  #bytes = 0

  add(claim: Claim, bytes: Buffer): void {
    if (bytes.length > recentBytes / 8 || this.#contents.has(claim.sha256)) return
    this.#contents.set(claim.sha256, { claim, bytes })
    this.#bytes += bytes.length
    // The first is the oldest.
    for (const [oldest, held] of this.#contents) {
      if (this.#bytes <= recentBytes) return
      this.#contents.delete(oldest)
      this.#bytes -= held.bytes.length
    }
  }

  get(sha256: string): { readonly claim: Claim; readonly bytes: Buffer } | undefined {
    return this.#contents.get(sha256)
  }
}

const recentBySettings = new WeakMap<Settings, RecentContents>()

/** The same for all pipelines of a process. */
function sharedRecent(settings: Settings): RecentContents {
  const recent = recentBySettings.get(settings) ?? new RecentContents()
  recentBySettings.set(settings, recent)
  return recent
}

/** The claim store of the settings. */
export const claimStore: Spec<ClaimStore> = {
  describe: 'claim store',
  settings: containerSettings(claimsContainer),
  open: async ({ settings }) =>
    new ClaimStore(await openContainer(settings, claimsContainer), sharedRecent(settings))
}
