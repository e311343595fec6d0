/** A program and its arguments, which no shell ever reads. */
export interface CommandLine {
  program: string
  args: readonly string[]
}

/** As one would type it into a shell, to be copied. */
export function showCommand({ program, args }: CommandLine): string {
  return [program, ...args].map(quote).join(' ')
}

function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
