import type { AnyPipeline } from '../runtime/pipeline.ts'
import { deadLetterTopic } from './catalogue.ts'
import { statusTopic } from './health/status-topic.ts'
import { skipGroup } from './letters/skips.ts'

/** One right that a principal needs, in the words of Kafka's own `kafka-acls`. */
export interface Acl {
  readonly principal: string
  readonly operation: 'Read' | 'Write'
  readonly resource: 'topic' | 'group' | 'transactional-id'
  readonly name: string
}

/**
 * What a pipeline may do and nothing more, as a principal of its own named after it. It looks into the dead letters of
 * those that read the same topics, to know a replay from what only says that it is one.
 */
export function aclsOf(
  pipeline: AnyPipeline,
  prefix: string,
  pipelines: readonly AnyPipeline[] = []
): readonly Acl[] {
  const acl = (operation: Acl['operation'], resource: Acl['resource'], name: string): Acl => ({
    principal: `User:${pipeline.name}`,
    operation,
    resource,
    name: prefix + name
  })
  const neighbours = pipelines.filter(
    ({ name, reads }) => name !== pipeline.name && reads.some((topic) => pipeline.reads.includes(topic))
  )
  const written = [...pipeline.writes, deadLetterTopic(pipeline.name).name]
  return [
    ...pipeline.reads.map((topic) => acl('Read', 'topic', topic)),
    ...(pipeline.reads.length > 0
      ? [
          acl('Read', 'group', pipeline.name),
          acl('Read', 'group', skipGroup(pipeline.name)),
          // One of each partition that it reads, under its group's name.
          acl('Write', 'transactional-id', `${pipeline.name}/`)
        ]
      : []),
    ...neighbours.map(({ name }) => acl('Read', 'topic', deadLetterTopic(name).name)),
    ...written.map((topic) => acl('Write', 'topic', topic)),
    // How it is, and how those of other processes are, for the page.
    acl('Write', 'topic', statusTopic.name),
    acl('Read', 'topic', statusTopic.name)
  ]
}

/** The command that gives the right. */
export const commandOf = ({ principal, operation, resource, name }: Acl): string =>
  `kafka-acls --add --allow-principal '${principal}' --operation ${operation} --${resource} '${name}'${
    resource === 'transactional-id' ? ' --resource-pattern-type prefixed' : ''
  }`
