import type { AddRoutes } from '../../edge/app.ts'
import { tokenCheck } from '../../edge/tokens.ts'
import { applicationSource } from '../../producers/applications/application-source.ts'
import { retryTransient } from '../../runtime/retry.ts'
import type { Routes } from '../system.ts'
import type { ApplicationReads } from './application-intake.ts'
import { applicationWebhook } from './application-submitted.ts'
import { webhookSecret, webhookSettings } from './webhook-settings.ts'

/** The webhook of the recruitment application, with the database that it is answered from. */
export const applicationRoutes: Routes = {
  settings: [...webhookSettings, ...(applicationSource.settings ?? [])],
  async open(context, signal) {
    const source = await retryTransient(() => applicationSource.open(context), {
      signal,
      onRetry: (error, tries) =>
        context.log.warn({ err: error, tries }, 'the database of job applications does not answer yet')
    })
    return { add: webhookOn(source), close: () => source.close() }
  }
}

/** Adds the webhook over a source that is open. */
export const webhookOn =
  (source: ApplicationReads): AddRoutes =>
  (app, site) => {
    const { settings, log, metrics } = site
    const maySend = tokenCheck(webhookSecret, site)
    void app.register(applicationWebhook, { context: { settings, log }, source, metrics, maySend })
  }
