import http from 'node:http'
import { text } from 'node:stream/consumers'

/** What the webhook answers. */
export interface WebhookAnswer {
  readonly status: number
  readonly body: string
}

/** Calls a webhook as a recruitment back end does, over connections that stay open. */
export class WebhookCaller {
  readonly #agent = new http.Agent({ keepAlive: true, maxSockets: 64 })
  readonly #options: http.RequestOptions
  readonly #headers: Readonly<Record<string, string>>

  constructor(url: string, token: string) {
    const { hostname, port } = new URL(url)
    this.#headers = { 'content-type': 'application/json', 'x-webhook-token': token }
    const path = '/api/v1/webhooks/application-submitted'
    this.#options = { hostname, port, path, method: 'POST', agent: this.#agent }
  }

  async tell(applicationId: string): Promise<WebhookAnswer> {
    const body = JSON.stringify({ application_id: applicationId })
    const headers = { ...this.#headers, 'content-length': Buffer.byteLength(body) }
    const request = http.request({ ...this.#options, headers })
    const answer = new Promise<http.IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).once('error', reject)
    })
    request.end(body)
    const response = await answer
    return { status: response.statusCode ?? 0, body: await text(response) }
  }

  close(): void {
    this.#agent.destroy()
  }
}
