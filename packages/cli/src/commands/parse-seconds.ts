import { InvalidArgumentError } from 'commander'

/** For an option that takes seconds. */
export function parseSeconds(text: string): number {
  const seconds = Number(text)
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 86_400)
    throw new InvalidArgumentError('It must be a whole number of seconds from 1 to 86400.')
  return seconds
}
