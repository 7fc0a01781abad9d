import { Readable } from 'node:stream'

/** A body whose errors are translated too: its connection may break long after the answer began. */
export function translatedBody(
  body: Readable,
  translated: <T>(action: () => Promise<T>) => Promise<T>
): Readable {
  return Readable.from(chunksOf(body, translated))
}

async function* chunksOf(
  body: Readable,
  translated: <T>(action: () => Promise<T>) => Promise<T>
): AsyncIterable<Buffer> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  try {
    for (;;) {
      const { value, done } = await translated(() => chunks.next())
      if (done) return
      yield value
    }
  } finally {
    body.destroy()
  }
}
