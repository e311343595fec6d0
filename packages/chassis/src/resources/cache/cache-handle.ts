import type { RequestScope } from '../../definition/resource.ts'
import type { Cached, CacheEngine } from './cache-engine.ts'
import type { Load } from './limited-load.ts'

/** What handlers get: values by key, from memory at once, or as a promise. */
export interface Cache<Value> {
  /**
   * The value of that key, loaded where nobody has it. One load serves all who ask at the same time, so it goes on when the request that began it
   * has ended: it must use its own `scope`, not the request's signal, nor what ends with the request. A call of an upstream takes it as `within`.
   *
   * Where every microsecond counts, go on at once with what is there at once; `await` costs a turn of the queue.
   *
   * @throws what the load throws, where there is no copy within `staleIfError`
   * @example const cached = cache.get(id, (scope) => load(id, scope))
   * return cached instanceof Promise ? cached.then(toAnswer) : toAnswer(cached)
   */
  get(key: string, load: Load<Value>): Cached<Value> | Promise<Cached<Value>>
}

/** The cache as one request sees it, or nobody in particular. */
export class CacheHandle<Value> implements Cache<Value> {
  readonly #engine: CacheEngine<Value>
  readonly #scope: RequestScope | undefined

  constructor(engine: CacheEngine<Value>, scope?: RequestScope) {
    this.#engine = engine
    this.#scope = scope
  }

  get(key: string, load: Load<Value>): Cached<Value> | Promise<Cached<Value>> {
    return this.#engine.get(key, load, this.#scope)
  }
}
