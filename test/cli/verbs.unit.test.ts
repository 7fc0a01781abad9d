import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Command } from 'commander'
import { addVerbs, verbs } from '../../cli/verbs.ts'

test('help and a misspelt verb load no verb: each is there by name and description only', async () => {
  for (const asked of [undefined, 'lst']) {
    const program = new Command('courant')
    await addVerbs(program, asked)
    assert.deepEqual(
      program.commands.map((command) => command.name()),
      Object.keys(verbs)
    )
    for (const command of program.commands)
      assert.deepEqual([command.options.length, command.commands.length], [0, 0], command.name())
  }
})

test('a verb that is asked for is there once, and described as in the list', async () => {
  for (const [name, { describe }] of Object.entries(verbs)) {
    const program = new Command('courant')
    await addVerbs(program, name)
    const found = program.commands.filter((command) => command.name() === name)
    assert.deepEqual(
      found.map((command) => command.description()),
      [describe]
    )
  }
})
