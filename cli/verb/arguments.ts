import { InvalidArgumentError } from 'commander'

/** An argument that is a whole number from 1, for commander. */
export const atLeastOne = (text: string): number => wholeFrom(1)(text)

/** An argument that is a whole number from `least`, for commander. */
export function wholeFrom(least: number): (text: string) => number {
  return (text) => {
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text)) || Number(text) < least)
      throw new InvalidArgumentError(`must be a whole number from ${least}`)
    return Number(text)
  }
}
