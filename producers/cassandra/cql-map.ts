/**
 * A CQL map as the driver makes one when it is told to: with the keys as they are, which an object would turn into text,
 * put in another order, and lose as `__proto__`. The driver reads its own catalogue by property, so that a few texts are
 * properties, too.
 */
export class CqlMap extends Map<unknown, unknown> {
  override set(key: unknown, value: unknown): this {
    if (typeof key === 'string' && typeof value === 'string' && this.size < mostProperties && !(key in this))
      Object.defineProperty(this, key, { value, enumerable: true })
    return super.set(key, value)
  }
}

/** As many as a keyspace has data centres, and more. */
const mostProperties = 64
