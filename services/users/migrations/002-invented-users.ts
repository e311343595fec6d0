import { migration } from '@slipway/chassis'

const COUNT = 500
const SEED = 482
/** The one whom the contract names. */
const KAREN = {
  ID: 482,
  CREATE_ID: 'user',
  CREATE_TIME: '2009-02-18 13:40:27',
  MOD_ID: 'user',
  MOD_TIME: '2008-12-18 19:17:14',
  AFFILIATION: 'University Of Cambridge',
  EMAIL: 'ruizjason@gmail.com',
  FULLNAME: 'Timothy Buchanan',
  NAME: 'Karen482',
  ORCIDID: '16799',
}

const FIRST_NAMES = ['Karen', 'Amir', 'Beatriz', 'Chen', 'Daria', 'Emeka', 'Freya', 'Goran', 'Hana', 'Ivo', 'Jun', 'Kofi', 'Leila', 'Mateo', 'Niamh']
const LAST_NAMES = ['Abara', 'Bell', 'Castro', 'Dietrich', 'Endo', 'Fischer', "O'Grady", 'Haddad', 'Ionescu', 'Jensen', 'Kowalska', 'Lund', 'Moreau']
const AFFILIATIONS = ['University Of Cambridge', 'University Of Lund', 'Synchrotron Laboratory', 'Institute Of Neutron Science', 'ETH Zurich']

export default migration('002-invented-users', ({ query }) => {
  const users = invent()
  const half = COUNT / 2
  return [query.insertInto('USER_').values(users.slice(0, half)), query.insertInto('USER_').values(users.slice(half))]
})

/** The same users each time. */
function invent(): (typeof KAREN)[] {
  const random = randomFrom(SEED)
  const pick = (texts: readonly string[]) => texts[Math.floor(random() * texts.length)] as string
  return Array.from({ length: COUNT }, (_, index) => {
    const ID = index + 1
    const first = pick(FIRST_NAMES)
    const last = pick(LAST_NAMES)
    const user = {
      ID,
      CREATE_ID: 'user',
      CREATE_TIME: timeOf(random()),
      MOD_ID: 'user',
      MOD_TIME: timeOf(random()),
      AFFILIATION: pick(AFFILIATIONS),
      EMAIL: `${first}.${last}${ID}@example.org`.toLowerCase().replace("'", ''),
      FULLNAME: `${first} ${last}`,
      NAME: `${first}${ID}`,
      ORCIDID: String(10_000 + Math.floor(random() * 90_000)),
    }
    return ID === KAREN.ID ? KAREN : user
  })
}

function timeOf(share: number): string {
  const start = Date.UTC(2005, 0, 1)
  const span = Date.UTC(2015, 0, 1) - start
  return new Date(start + Math.floor(share * span)).toISOString().slice(0, 19).replace('T', ' ')
}

/** Mulberry32: small, and good enough to invent people. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
