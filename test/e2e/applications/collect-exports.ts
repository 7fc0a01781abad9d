import { pipelines } from '../../../cli/pipelines.ts'
import { events } from '../../../schemas/events.ts'
import type { ApplicationRead } from '../../../schemas/types/applications.ts'
import { deadLetterTopic, topicOf } from '../../../topics/catalogue.ts'
import { connectionFor } from '../../../topics/connection.ts'
import type { KafkaRecord } from '../../../topics/kafka/port.ts'
import { readTopic } from '../../support/read-topic.ts'
import { secrets } from './canary.ts'
import { curatedBlobs, featureRows, rawBlobs } from './exported-blobs.ts'
import type { ExportEvidence, Version } from './export-violations.ts'
import type { RecruitmentBackEnd } from './recruitment-back-end.ts'
import type { RecruitmentWorld } from './recruitment-world.ts'
import { sortedText, sourceApplications } from './source-applications.ts'

/** Reads all that is known of job applications: the database, the topics, the blobs and the calls. */
export async function collectExports(
  world: RecruitmentWorld,
  backEnd: RecruitmentBackEnd
): Promise<ExportEvidence> {
  const { settings, database } = world
  const submitted = await readTopic(topicOf(events.submittedApplication), settings)
  const claimed = await readTopic(topicOf(events.claimedApplication), settings)
  const ids = new Set(submitted.map(({ key }) => key))
  return {
    accepted: backEnd.accepted.map(({ id, day, hash }) => ({ place: `${day}/${id}`, hash })),
    submitted: submitted.map(({ value }) => versionOf(value)),
    claimed: claimed.map(({ value }) => ({
      ...versionOf(value),
      documents: sortedText(value.documents.map(({ sha256 }) => sha256))
    })),
    source: await sourceApplications(database, new Set(backEnd.accepted.map(({ id }) => id))),
    raw: await rawBlobs(settings),
    curated: await curatedBlobs(settings),
    features: await featureRows(settings, { ids, salt: secrets.COURANT_APPLICATIONS_SALT }),
    called: world.functions.taken,
    deadLetters: (await deadRecords(world)).map(({ topic, key }) => `${topic}/${String(key)}`)
  }
}

interface Read {
  readonly application: { readonly id: string }
  readonly source: ApplicationRead
}

const versionOf = ({ application, source }: Read): Version => ({
  place: `${new Date(Math.floor(source.event_at_us / 1000)).toISOString().slice(0, 10)}/${application.id}`,
  hash: source.content_sha256,
  moment: source
})

/** The pipelines of job applications that read a topic, with the topics they read. */
export const applicationGroups = pipelines.filter(({ reads }) =>
  reads.some((topic) => topic.startsWith('applications.'))
)

/** All records of all topics of job applications, dead letters included, as they lie in the log. */
export async function allRecords({ settings }: RecruitmentWorld): Promise<KafkaRecord[]> {
  const { kafka } = connectionFor(settings)
  const admin = await kafka.admin()
  try {
    const records: KafkaRecord[] = []
    for (const { name } of await admin.topics())
      for (const { partition, low } of await admin.offsets(name))
        for await (const record of kafka.read(
          { topic: name, partition, offset: low },
          { signal: AbortSignal.timeout(60_000) }
        ))
          records.push(record)
    return records
  } finally {
    await admin.close()
  }
}

async function deadRecords(world: RecruitmentWorld): Promise<KafkaRecord[]> {
  const names = new Set(pipelines.map(({ name }) => deadLetterTopic(name).name))
  return (await allRecords(world)).filter(({ topic }) => names.has(topic))
}

/** How many records each group has still to do with, where any; throws while Kafka does not answer. */
export async function recordsBehind({
  settings
}: RecruitmentWorld): Promise<Readonly<Record<string, number>>> {
  const admin = await connectionFor(settings).kafka.admin()
  try {
    const behind: Record<string, number> = {}
    for (const { name, reads } of applicationGroups) {
      const committed = await admin.committed(name, reads)
      for (const topic of reads)
        for (const { partition, low, high } of await admin.offsets(topic)) {
          const at = committed.find((one) => one.topic === topic && one.partition === partition)
          const count = high - (at?.offset ?? low)
          if (count > 0) behind[name] = (behind[name] ?? 0) + count
        }
    }
    return behind
  } finally {
    await admin.close()
  }
}
