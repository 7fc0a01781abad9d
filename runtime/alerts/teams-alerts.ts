import { join } from 'node:path'
import { type Alert, type AlertOptions, type Alerts, durableAlerts, type SendAlert } from './alerts.ts'
import { CourantError } from '../errors.ts'
import type { Log } from '../pipeline.ts'
import { stateDir } from '../files/positions.ts'
import { postJson } from './post-json.ts'
import type { Setting, Settings } from '../settings.ts'

const teamsUrl: Setting = {
  env: 'COURANT_ALERTS_TEAMS_URL',
  describe:
    'Address of a Teams workflow that takes alerts (it holds a key); alerts are only logged when empty',
  secret: true,
  default: '',
  check: (text) =>
    text === '' || /^https?:$/.test(URL.parse(text)?.protocol ?? '') ? null : 'must be an http(s) address'
}

export const alertSettings: readonly Setting[] = [teamsUrl, stateDir]

/** Where alerts are kept and to whom they go, from the settings. */
export function teamsTarget(settings: Settings): Pick<AlertOptions, 'folder' | 'send'> {
  const url = settings.text(teamsUrl)
  return { folder: join(settings.text(stateDir), 'alerts'), send: url === '' ? null : teamsSender(url) }
}

/** Alerts to the Teams workflow of the settings, until the signal. */
export const teamsAlerts = (settings: Settings, rest: { log: Log; signal: AbortSignal }): Alerts =>
  durableAlerts({ ...teamsTarget(settings), ...rest })

/** Sends alerts to a Teams workflow "when a webhook request is received" (learn.microsoft.com, "Create incoming webhooks with Workflows"). */
export function teamsSender(url: string): SendAlert {
  return async (alert, signal) => {
    const { status } = await postJson('Teams', url, { body: adaptiveCard(alert), signal })
    if (status < 200 || status >= 300)
      throw new CourantError('TARGET_UNAVAILABLE', `Teams answers ${status}; check COURANT_ALERTS_TEAMS_URL`)
  }
}

function adaptiveCard({ title, text, facts = {} }: Alert): unknown {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      { type: 'TextBlock', text: title, weight: 'Bolder', size: 'Medium', wrap: true },
      { type: 'TextBlock', text, wrap: true },
      { type: 'FactSet', facts: Object.entries(facts).map(([name, value]) => ({ title: name, value })) }
    ]
  }
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }
  return { type: 'message', attachments: [attachment] }
}
