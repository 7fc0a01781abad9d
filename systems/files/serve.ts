import { untilStopped, untilStopSignal } from '../../cli/verb/stop-signal.ts'
import { withConnection } from '../../cli/verb/with-connection.ts'
import { listenOn } from '../../edge/listening.ts'
import { SharedWriter } from '../../edge/shared-writer.ts'
import { filesBucketName, filesBucketSettings } from '../../runtime/object-store/bucket-objects.ts'
import { createLog, logLevel, MetricsRegistry } from '../../runtime/observability.ts'
import { contextFor } from '../../runtime/loop/run-all.ts'
import { events } from '../../schemas/events.ts'
import { topicOf } from '../../topics/catalogue.ts'
import { buildDoor, filesHost, filesPort, notificationSettings } from './notifications.ts'

const needed = [...notificationSettings, ...filesBucketSettings, logLevel]

/** `courant lake serve`: takes notifications over HTTP until SIGINT or SIGTERM. */
export const serve = () =>
  withConnection(async (_connection, read) => {
    const { signal } = untilStopSignal()
    const metrics = new MetricsRegistry()
    const context = contextFor('lake', { env: process.env, logger: createLog(read.text(logLevel)), metrics })
    const { settings, log } = context
    const writer = new SharedWriter(topicOf(events.arrivedFile), context)
    const door = buildDoor({
      settings,
      log,
      metrics: context.metrics,
      writer,
      bucket: filesBucketName(settings)
    })
    const url = await listenOn(door, { host: settings.text(filesHost), port: filesPort, settings })
    log.info({ url }, 'listening')
    await untilStopped(signal)
    await door.close()
  }, needed)
