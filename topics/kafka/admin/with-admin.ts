import type { KafkaAdmin, KafkaClient } from '../port.ts'

/** Asks Kafka as an administrator, and closes that connection whatever comes of it. */
export async function withAdmin<T>(
  kafka: Pick<KafkaClient, 'admin'>,
  ask: (admin: KafkaAdmin) => Promise<T>
): Promise<T> {
  const admin = await kafka.admin()
  try {
    return await ask(admin)
  } finally {
    await admin.close()
  }
}
