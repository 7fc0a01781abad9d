import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { CourantError } from '../../runtime/errors.ts'
import { hostileNames } from '../support/hostile-names.ts'

/** A place where a name that came in a record, a marker, a metadata row or a file name is used as something else. */
export interface NameUse {
  readonly what: string
  /** What becomes of the name there, such as a path, an identifier or a topic; a CourantError refuses it. */
  readonly make: (name: string) => string | Promise<string>
  /** Whether it is what it should be, and nothing else can come of it. */
  readonly isRight: (made: string, name: string) => boolean | Promise<boolean>
  /** A name that it takes. */
  readonly ordinary: string
}

/** What every use of a foreign name promises: it takes it for a name, or refuses it with a reason. */
export function namesContract({ what, make, isRight, ordinary }: NameUse): void {
  describe(`a name from outside as ${what}`, () => {
    it('is that name or refused, whatever is in it', () =>
      fc.assert(
        fc.asyncProperty(hostileNames, async (name) => {
          let made: string
          try {
            made = await make(name)
          } catch (error) {
            assert.ok(error instanceof CourantError, `${JSON.stringify(name)}: ${String(error)}`)
            return
          }
          assert.ok(await isRight(made, name), `${JSON.stringify(name)} became ${JSON.stringify(made)}`)
        }),
        { numRuns: 300 }
      ))

    it('is taken where it is an ordinary one', async () =>
      assert.ok(await isRight(await make(ordinary), ordinary)))
  })
}
