import * as fc from 'fast-check'

const pieces: readonly string[] = [
  '..',
  '.',
  '/',
  '\\',
  '//',
  '%2e%2e%2f',
  '~',
  '\u0000',
  '\n',
  '\r',
  '\t',
  '\u001b[31m',
  '\u202e',
  '\u2028',
  '"',
  "'",
  ']',
  '[',
  '`',
  ';',
  '--',
  '/*',
  '$$',
  '${x}',
  '{0}',
  '?',
  '#',
  ' ',
  '*',
  ':',
  'C:',
  'CON',
  'a',
  'É',
  '__proto__',
  'constructor',
  'etc/passwd',
  'DROP TABLE users',
  '\ud800',
  'a'.repeat(300)
]

/** Names as nobody means them: what a path, a statement, a terminal or an object of ours would obey. */
export const hostileNames: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }).map((some) => some.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom('', ...pieces)
)
