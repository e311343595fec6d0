import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'

/** A secret file's content, less one line break at its end, which editors and `echo` add. */
const withoutLineEnd = (content: string) => content.replace(/\r?\n$/, '')

interface WatchedFile {
  path: string
  content: string
  accept: (content: string) => string | undefined
}

/**
 * The mounted files that hold secrets. They are opened by name at each look, so that a rename, as Kubernetes does when it
 * updates a mounted Secret, is seen like any other change. Kubernetes takes up to a minute for that; looking every two seconds adds little.
 */
export class SecretFiles {
  readonly #files = new Map<string, WatchedFile>()
  #timer: NodeJS.Timeout | undefined

  /** The file's content. @throws the error of the file system */
  read(path: string): string {
    return withoutLineEnd(readFileSync(path, 'utf8'))
  }

  /** From now on tells `accept` of new content; it returns a sentence when it refuses it, and keeps what it had. */
  add(key: string, path: string, content: string, accept: (content: string) => string | undefined): void {
    this.#files.set(key, { path, content, accept })
  }

  watch(onRefused: (sentence: string) => void, onChanged: (key: string) => void, intervalMilliseconds = 2000): void {
    if (this.#files.size === 0) return
    this.#timer = setInterval(() => void this.refresh(onRefused, onChanged), intervalMilliseconds)
    this.#timer.unref()
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async refresh(onRefused: (sentence: string) => void, onChanged: (key: string) => void): Promise<void> {
    for (const [key, file] of this.#files) {
      // A file that is away for a moment, in the middle of a rename, is looked for again at the next turn.
      const content = await readFile(file.path, 'utf8').then(withoutLineEnd, () => undefined)
      if (content === undefined || content === file.content) continue
      file.content = content
      const refusal = file.accept(content)
      if (refusal === undefined) onChanged(key)
      else onRefused(refusal)
    }
  }
}
