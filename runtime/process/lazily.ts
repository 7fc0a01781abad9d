import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const all: (() => object)[] = []

/**
 * Loads all that waits. A process that serves others does this before it does: loading takes up to a third of a second a
 * package, in which nobody is answered. What does not load says so where it is used.
 */
export function loadNow(): void {
  for (const load of all)
    try {
      load()
    } catch {}
}

/**
 * A package, or a part of one, that is loaded when it is first used: a command that only lists or explains does not wait
 * for drivers, and a process has in memory the ones it works with. It stands for a class, a function or an object.
 */
export function lazily<T extends object>(load: () => T): T {
  let loaded: T | undefined
  const real = () => (loaded ??= load())
  all.push(real)
  const standIn = function () {} as unknown as T
  return new Proxy(standIn, {
    get: (_, key) => Reflect.get(real(), key),
    has: (_, key) => Reflect.has(real(), key),
    construct: (_, values) => Reflect.construct(real() as new () => object, values),
    apply: (_, self, values) => Reflect.apply(real() as () => unknown, self, values)
  })
}

/** A package by its name, loaded when it is first used; its types are imported as ever. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- only who asks knows what the package is
export const lazyPackage = <T extends object>(name: string): T => lazily(() => require(name) as T)
