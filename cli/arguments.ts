import { InvalidArgumentError } from 'commander'

/** An argument that is a whole number from 1, for commander. */
export function atLeastOne(text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('must be a whole number from 1')
  return value
}
