import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { defineSink } from '../../runtime/define.ts'
import { memoryWriter } from '../../runtime/memory.ts'
import { tables } from '../../schemas/tables.ts'
import { aclsOf, commandOf } from '../../topics/acls.ts'
import { topicsOf } from '../../topics/catalogue.ts'

describe('the rights of a pipeline', () => {
  it('are to read what it reads as its group, and to write what it writes and its dead letters, which late writers are kept out of', () => {
    const sink = defineSink({
      name: 'silver.users',
      from: topicsOf(tables.users).clean,
      into: memoryWriter('x')
    })
    const neighbours = [sink, { ...sink, name: 'gold' }, { ...sink, name: 'bronze', reads: ['x'] }]
    assert.deepEqual(aclsOf(sink, 'eu.', neighbours).map(commandOf), [
      "kafka-acls --add --allow-principal 'User:silver.users' --operation Read --topic 'eu.activity.users.clean'",
      "kafka-acls --add --allow-principal 'User:silver.users' --operation Read --group 'eu.silver.users'",
      "kafka-acls --add --allow-principal 'User:silver.users' --operation Read --group 'eu.silver.users.skipped'",
      "kafka-acls --add --allow-principal 'User:silver.users' --operation Write --transactional-id 'eu.silver.users/' --resource-pattern-type prefixed",
      "kafka-acls --add --allow-principal 'User:silver.users' --operation Read --topic 'eu.gold.dead'",
      "kafka-acls --add --allow-principal 'User:silver.users' --operation Write --topic 'eu.silver.users.dead'",
      "kafka-acls --add --allow-principal 'User:silver.users' --operation Write --topic 'eu.courant.pipelines.status'",
      "kafka-acls --add --allow-principal 'User:silver.users' --operation Read --topic 'eu.courant.pipelines.status'"
    ])
  })
})
