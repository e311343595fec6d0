/**
 * Reads a body up to so many bytes before anything is made of it: a client that sends slowly then keeps nobody waiting but itself.
 *
 * @param bytes Gives the rest to who reads it again, as a request's body does.
 */
export async function readAhead(bytes: AsyncIterable<Uint8Array>, most: number): Promise<AsyncIterable<Uint8Array>> {
  const blocks: Uint8Array[] = []
  let size = 0
  for await (const block of bytes) {
    blocks.push(block)
    size += block.byteLength
    if (size >= most) break
  }
  return (async function* all() {
    yield* blocks
    yield* bytes
  })()
}
