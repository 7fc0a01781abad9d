/**
 * A process of its own that asks others whether they live, so that the test's own work is in no figure. Beside each
 * question it asks an endpoint that does nothing, in a thread that does nothing else: what that is late by, the machine is.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'

/** An answer that took the longest, and how long the control took in the same moment. */
export interface Slowest {
  readonly name: string
  readonly ms: number
  readonly controlMs: number
}

const everyMs = 200
const longestMs = 20_000

if (isMainThread) {
  const addresses = new Map<string, string>()
  const answers: Slowest[] = []
  process.on('message', (told: { readonly name: string; readonly url: string } | 'report') => {
    if (told === 'report') process.send?.(answers)
    else addresses.set(told.name, told.url)
  })
  process.once('disconnect', () => process.exit(0))
  const control = new Worker(new URL(import.meta.url))
  control.once('message', (port: number) => void watch(addresses, answers, `http://127.0.0.1:${port}`))
} else {
  const server = createServer((_request, response) => response.end())
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port, []))
}

async function watch(
  addresses: ReadonlyMap<string, string>,
  answers: Slowest[],
  controlUrl: string
): Promise<void> {
  for (;;) {
    const asked = [...addresses].map(async ([name, url]) => {
      const [ms, controlMs] = await Promise.all([timed(`${url}/livez`), timed(controlUrl)])
      note(answers, { name, ms, controlMs })
    })
    await Promise.all([...asked, wait(everyMs)])
  }
}

/** How long an answer took; as long as is waited where none came. */
async function timed(url: string): Promise<number> {
  const begun = performance.now()
  const answer = await fetch(url, { signal: AbortSignal.timeout(longestMs) }).catch(() => null)
  await answer?.arrayBuffer()
  return answer?.ok ? performance.now() - begun : longestMs
}

/** Keeps of each process what took longest beyond the control. */
function note(answers: Slowest[], answer: Slowest): void {
  const at = answers.findIndex(({ name }) => name === answer.name)
  if (at === -1) answers.push(answer)
  else if (lateness(answer) > lateness(answers[at]!)) answers[at] = answer
}

const lateness = ({ ms, controlMs }: Slowest) => ms - controlMs
