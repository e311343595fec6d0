/** What stands in a {@link LinkedList}, one at a time. */
export interface Link<Item> {
  previous: Item | undefined
  next: Item | undefined
}

/**
 * Items in the order in which they came, each of which can leave at any time. A `Set` can do the same, for a microsecond or more an item on Bun, where
 * many come and go.
 */
export class LinkedList<Item extends Link<Item>> {
  first: Item | undefined
  size = 0
  #last: Item | undefined

  add(item: Item): void {
    item.previous = this.#last
    if (this.#last) this.#last.next = item
    else this.first = item
    this.#last = item
    this.size++
  }

  /** Takes out and returns the one that came first. */
  shift(): Item | undefined {
    const { first } = this
    if (first) this.remove(first)
    return first
  }

  /** Takes out an item of this list, or one that stands in none. */
  remove(item: Item): void {
    const { previous, next } = item
    if (previous) previous.next = next
    else if (this.first === item) this.first = next
    else return
    if (next) next.previous = previous
    else this.#last = previous
    this.size--
    item.previous = undefined
    item.next = undefined
  }
}
