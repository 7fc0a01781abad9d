import { HttpReceiver } from '../../support/http-receiver.ts'

/** An Azure Function that is in trouble now and then, and never takes the calls for one application. */
export interface AzureFunction {
  readonly receiver: HttpReceiver
  /** `idempotency-key` of the calls that it took. */
  readonly taken: ReadonlySet<string>
}

/** One in so many calls is answered with 503. */
const troubleEvery = 9

export async function startAzureFunction(refusedId: string): Promise<AzureFunction> {
  const taken = new Set<string>()
  let calls = 0
  const receiver = await HttpReceiver.start(({ headers }) => {
    const key = String(headers['idempotency-key'])
    calls += 1
    if (key.startsWith(refusedId)) return { status: 400 }
    if (calls % troubleEvery === 0) return { status: 503 }
    taken.add(key)
    return { status: 202 }
  })
  return { receiver, taken }
}
