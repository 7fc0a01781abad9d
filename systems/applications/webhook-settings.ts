import { type Setting, wholeNumber } from '../../runtime/settings.ts'

export const webhookSecret: Setting = {
  env: 'WEBHOOK_SECRET',
  describe:
    'Tokens that callers of the webhooks send as X-Webhook-Token, separated by commas: several, so that one can be replaced',
  secret: true,
  default: ''
}
export const waitMs: Setting = {
  env: 'COURANT_APPLICATIONS_WAIT_MS',
  describe:
    'How long a webhook asks again for an application that is not visible yet, before 404, in milliseconds',
  default: '2000',
  check: wholeNumber(0, 8_000)
}
export const webhooksPerMinute: Setting = {
  env: 'COURANT_EDGE_WEBHOOKS_PER_MINUTE',
  describe: 'Webhooks a client address may send in a minute: usually one back end sends them all',
  default: '120000',
  check: wholeNumber(1)
}

export const webhookSettings: readonly Setting[] = [webhookSecret, waitMs, webhooksPerMinute]
