import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Link, LinkedList } from './linked-list.ts'

interface Item extends Link<Item> {
  name: string
}

const item = (name: string): Item => ({ name, previous: undefined, next: undefined })

function namesOf(list: LinkedList<Item>): string {
  let names = ''
  for (let one = list.first; one; one = one.next) names += one.name
  return names
}

test('a linked list keeps the order, whoever leaves, in the middle or at an end', () => {
  const list = new LinkedList<Item>()
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(item) as [Item, Item, Item, Item]
  for (const one of [a, b, c, d]) list.add(one)
  assert.equal(namesOf(list), 'abcd')
  list.remove(b)
  assert.equal(namesOf(list), 'acd')
  list.remove(d)
  list.add(b)
  assert.equal(namesOf(list), 'acb')
  assert.equal(list.shift(), a)
  assert.equal(list.size, 2)
  assert.equal(namesOf(list), 'cb')
})

test('who has left already leaves nothing behind', () => {
  const list = new LinkedList<Item>()
  const [a, b] = ['a', 'b'].map(item) as [Item, Item]
  list.add(a)
  list.remove(a)
  list.remove(a)
  list.remove(b)
  assert.deepEqual([list.size, list.first, list.shift()], [0, undefined, undefined])
  list.add(b)
  list.remove(a)
  assert.equal(namesOf(list), 'b')
})
