import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { type Content, bodyOf } from '../../runtime/object-store/content.ts'
import {
  type ListedObject,
  type ObjectInfo,
  type ObjectStore,
  type PutOptions,
  checkObjectName
} from '../../runtime/object-store/object-store.ts'

interface Held {
  readonly bytes: Buffer
  readonly info: ObjectInfo
}

/** An object store in memory, which tests may slow down, make fail or make lie by overriding its methods. */
export class MemoryObjectStore implements ObjectStore {
  readonly describe = 'memory'
  readonly objects = new Map<string, Held>()

  async head(name: string): Promise<ObjectInfo | null> {
    return this.objects.get(checkObjectName(name))?.info ?? null
  }

  async get(name: string, { ifMatch }: { ifMatch?: string } = {}): Promise<Readable | null> {
    const held = this.#version(name, ifMatch)
    return held ? Readable.from([held.bytes]) : null
  }

  async put(name: string, content: Content, options: PutOptions = {}): Promise<string | null> {
    checkObjectName(name)
    const body = bodyOf(content)
    const bytes = Buffer.isBuffer(body) ? body : await readFile((content.source as { file: string }).file)
    const current = this.objects.get(name)
    if (options.ifNoneMatch && current) return null
    if (options.ifMatch !== undefined && current?.info.etag !== options.ifMatch) return null
    const etag = createHash('md5').update(bytes).digest('hex')
    const { metadata = {} } = options
    this.objects.set(name, {
      bytes,
      info: { name, size: bytes.length, etag, modifiedAt: new Date(), metadata }
    })
    return etag
  }

  async *list(prefix: string): AsyncIterable<ListedObject> {
    const names = [...this.objects.keys()].filter((name) => name.startsWith(prefix))
    for (const name of names.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))) {
      const held = this.objects.get(name)
      if (held) yield { name, size: held.info.size, version: held.info.etag }
    }
  }

  async delete(name: string): Promise<void> {
    this.objects.delete(checkObjectName(name))
  }

  async copyTo(name: string, file: string, { ifMatch }: { ifMatch?: string } = {}): Promise<boolean> {
    const held = this.#version(name, ifMatch)
    if (held) await writeFile(file, held.bytes, { flag: 'wx' })
    return held !== null
  }

  #version(name: string, ifMatch: string | undefined): Held | null {
    const held = this.objects.get(checkObjectName(name))
    return held && (ifMatch === undefined || held.info.etag === ifMatch) ? held : null
  }
}
