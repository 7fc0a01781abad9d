import { type Environment, settingsFrom } from '../../runtime/settings.ts'
import { connectionFor } from '../../topics/connection.ts'
import type { KafkaAdmin, KafkaClient } from '../../topics/kafka/port.ts'

/** Looks from outside at how far topics are written and read. */
export class LogProgress {
  readonly #kafka: KafkaClient
  readonly #admin: KafkaAdmin

  private constructor(kafka: KafkaClient, admin: KafkaAdmin) {
    this.#kafka = kafka
    this.#admin = admin
  }

  /** On the cluster, and with the prefix of names, that the environment gives. */
  static async open(env: Environment): Promise<LogProgress> {
    const { kafka } = connectionFor(settingsFrom(env))
    return new LogProgress(kafka, await kafka.admin())
  }

  /** Records ever written to the topic; none while it does not exist. */
  async written(topic: string): Promise<number> {
    const offsets = await this.#admin.offsets(topic).catch(() => [])
    return offsets.reduce((sum, { high }) => sum + high, 0)
  }

  /** Records of the topics that a consumer group has done with. */
  async done(group: string, topics: readonly string[]): Promise<number> {
    const committed = await this.#admin.committed(group, topics)
    return committed.reduce((sum, { offset }) => sum + offset, 0)
  }

  /** Deletes every topic whose name begins so. */
  async deleteTopics(beginning = ''): Promise<void> {
    const names = (await this.#admin.topics()).map(({ name }) => name)
    await this.#admin.deleteTopics(names.filter((name) => name.startsWith(beginning)))
  }

  async close(): Promise<void> {
    await this.#admin.close()
    await this.#kafka.close()
  }
}
