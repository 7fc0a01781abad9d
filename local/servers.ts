import { azurite } from './azurite.ts'
import { cassandra } from './cassandra.ts'
import { kafka } from './kafka.ts'
import { minio } from './minio.ts'
import { postgres } from './postgres.ts'
import { registry } from './registry.ts'
import type { Server, ServerName } from './server.ts'

/** Every server of the local stack, by name. */
export const servers: Readonly<Record<ServerName, Server>> = {
  kafka,
  registry,
  cassandra,
  postgres,
  minio,
  azurite
}
