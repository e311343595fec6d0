import type { Exchange } from './keep-alive-client.ts'

const PASSENGER = { survived: true, passengerClass: 2, sex: 'other', age: 41, siblingsOrSpousesAboard: 0, parentsOrChildrenAboard: 1, fare: 26 }
const JSON_TYPE = { 'content-type': 'application/json' }
const CSV_TYPE = { 'content-type': 'text/csv' }
const WRONG_FILE = `Survived,Pclass,Name,Sex,Age,Siblings/Spouses Aboard,Parents/Children Aboard,Fare
${'0,3,Mr. Right,male,30,0,0,7.25\n'.repeat(20)}0,4,Mr. Wrong,male,thirty,0,0,7.25
`

/** Requests of a cycle, see below. */
export const CYCLE = 20

/**
 * One cycle of everything that clients do, each answer's status checked. What it creates it deletes, so that the data stay as large as they are;
 * names, paths and keys are new each time, so that whatever is kept by one of them shows.
 */
export async function runCycle({ send }: Exchange, turn: string): Promise<void> {
  const name = `Traveller ${turn}`
  const body = JSON.stringify({ name, ...PASSENGER })
  await send('GET', '/passengers?limit=20', 200)
  await send('GET', '/passengers?survived=true&sex=female&limit=10', 200)
  await send('GET', `/passengers?name=${encodeURIComponent(name)}&sort=-age`, 200)
  await send('GET', '/passengers?passengerClass=3&sort=name&limit=5', 200)
  await send('GET', '/hello', 200)

  const created = await send('POST', '/passengers', 201, { headers: JSON_TYPE, body })
  const { etag } = await send('GET', created.location, 200)
  await send('GET', created.location, 304, { headers: { 'if-none-match': etag } })
  await send('PUT', created.location, 200, { headers: JSON_TYPE, body: body.replace('Traveller', 'Voyager') })
  await send('PUT', created.location, 412, { headers: { ...JSON_TYPE, 'if-match': created.etag }, body })
  await send('DELETE', created.location, 204)
  await send('GET', created.location, 404)

  const keyed = { headers: { ...JSON_TYPE, 'idempotency-key': turn }, body }
  const { location } = await send('POST', '/passengers', 201, keyed)
  await send('POST', '/passengers', 201, keyed)
  await send('DELETE', location, 204)

  await send('GET', `/nothing/here/${turn}`, 404)
  await send('POST', '/passengers', 422, { headers: JSON_TYPE, body: body.replace('"passengerClass":2', '"passengerClass":4') })
  await send('GET', '/passengers/nobody', 400)
  await send('POST', '/passengers', 400, { headers: JSON_TYPE, body: `${body}}` })
  await send('POST', '/passengers', 422, { headers: CSV_TYPE, body: WRONG_FILE })
}
