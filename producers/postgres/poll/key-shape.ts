import { CourantError } from '../../../runtime/errors.ts'
import type { KeyState } from '../../state/key-state.ts'
import type { KeyColumn } from './key-column.ts'

const note = 'key'

/**
 * Keeps with a table's state what its keys are made of. Throws STATE_UNUSABLE when that has changed: the keys in it would
 * be looked up as something else, and count as gone.
 */
export function keepKeyShape(state: KeyState, key: readonly KeyColumn[]): void {
  // Whole numbers are kept in a form of their own (ordered-key.ts), everything else as its text.
  const shape = key
    .map(({ name, order }) => `${name} ${order === 'integer' ? 'as a number' : 'as text'}`)
    .join(', ')
  const kept = state.note(note)
  if (kept === null) state.saveNote(note, shape)
  else if (kept !== shape)
    throw new CourantError(
      'STATE_UNUSABLE',
      `the state has keys of (${kept}), and the table now (${shape}): move this pipeline's file in COURANT_STATE_DIR ` +
        'away for a new snapshot. What is in the sinks under the old keys stays there'
    )
}
