import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { callPodman } from './call-podman.ts'

/** A C library and nothing else, as the distroless base has it. */
export const BASE = 'localhost/slipway-test/base:1'
/** Node, where distroless images have it. */
export const NODE_BASE = 'localhost/slipway-test/node:1'

const NODE_PLACE = 'nodejs/bin/node'

/**
 * Makes both images out of this machine's files: tests may have no registry to pull from.
 *
 * @param programs Bun, which an executable of a service is linked like, and Node
 */
export async function makeBases({ bun, node }: { bun: string; node: string }): Promise<void> {
  await makeBase(BASE, bun, () => {})
  await makeBase(NODE_BASE, node, (root) => {
    mkdirSync(join(root, dirname(NODE_PLACE)), { recursive: true })
    copyFileSync(node, join(root, NODE_PLACE))
  })
}

async function makeBase(reference: string, program: string, fill: (root: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-base-'))
  const root = join(folder, 'root')
  try {
    mkdirSync(join(root, 'tmp'), { mode: 0o777, recursive: true })
    for (const library of librariesOf(program)) {
      mkdirSync(join(root, dirname(library)), { recursive: true })
      copyFileSync(library, join(root, library))
    }
    fill(root)
    writeFileSync(join(folder, 'Dockerfile'), 'FROM scratch\nCOPY root /\n')
    await callPodman('build', '--quiet', '--timestamp', '0', '--tag', reference, folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** What the dynamic linker would load, each by the path that it is asked for. */
function librariesOf(executable: string): string[] {
  const listed = execFileSync('ldd', [executable], { encoding: 'utf8' })
  return [...listed.matchAll(/(?:=> |^\s+)(\/\S+)/gm)].map(([, path]) => path as string)
}
