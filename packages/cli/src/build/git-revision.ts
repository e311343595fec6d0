import { git } from './git.ts'

/** Hexadecimal digits; git's own choice would grow with the repository, and differ between clones. */
const DIGITS = 12

/** The commit that a folder is at, marked `-dirty` where files differ from it; `unknown` outside a checkout. */
export async function gitRevision(folder: string): Promise<string> {
  try {
    const [commit, changes] = await Promise.all([git(folder, 'rev-parse', 'HEAD'), git(folder, 'status', '--porcelain')])
    return commit.slice(0, DIGITS) + (changes === '' ? '' : '-dirty')
  } catch {
    return 'unknown'
  }
}
