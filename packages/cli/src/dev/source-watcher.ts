import { basename, join, relative, sep } from 'node:path'
import { type FSWatcher, watch } from 'chokidar'
import { STACK_FILE } from '../find-project.ts'

/** What a running stack is made of. */
const SOURCES = [STACK_FILE, 'services', join('packages', 'chassis', 'src'), join('packages', 'cli', 'src')]

/** Editors save several files at once, and git many; what follows within this time belongs to the same burst. */
const BURST_MILLISECONDS = 60

/** Tells of changes to the sources of a stack, one burst at a time. */
export class SourceWatcher {
  readonly #watcher: FSWatcher
  readonly #changed = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #isOver = false
  #tell: ((files: string[]) => void) | undefined

  constructor(project: string, onError: (error: Error) => void) {
    const ignored = (path: string) => isNoSource(relative(project, path))
    this.#watcher = watch(
      SOURCES.map((source) => join(project, source)),
      { ignored, ignoreInitial: true, atomic: false },
    )
    this.#watcher.on('all', (_event, path) => this.#add(relative(project, path)))
    this.#watcher.on('error', (error) => onError(error as Error))
  }

  /** Resolves to the files of the next burst, which may be over already. */
  next(): Promise<string[]> {
    return new Promise((resolve) => {
      this.#tell = resolve
      if (this.#isOver) this.#finish()
    })
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#watcher.close()
  }

  #add(file: string): void {
    // Editors write files of other names on their way to the one that is saved.
    if (!/\.(ts|json)$/.test(file)) return
    this.#changed.add(file)
    this.#isOver = false
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#finish(), BURST_MILLISECONDS)
  }

  #finish(): void {
    this.#isOver = true
    if (!this.#tell) return
    const files = [...this.#changed]
    this.#changed.clear()
    this.#isOver = false
    this.#tell(files)
    this.#tell = undefined
  }
}

/** Whether a file or folder is never part of what runs: tests, what is installed, what starts with a dot. */
function isNoSource(path: string): boolean {
  const name = basename(path)
  return path.split(sep).includes('node_modules') || name.startsWith('.') || name.endsWith('.test.ts')
}
