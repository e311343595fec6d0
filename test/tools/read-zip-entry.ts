import { inflateRawSync } from 'node:zlib'

// APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12 and 4.3.16. Offsets are from the start of each record.
const END_SIGNATURE = Buffer.from('PK\x05\x06', 'latin1')
const END = { entries: 10, directory: 16 }
const ENTRY = { method: 10, compressed: 20, name: 28, extra: 30, comment: 32, local: 42, fixed: 46 }
const LOCAL = { name: 26, extra: 28, fixed: 30 }
const STORED = 0

/** The content of one file of a zip archive; undefined where it has none of that name. For archives of less than 4 GiB. */
export function readZipEntry(archive: Buffer, wanted: string): Buffer | undefined {
  const end = archive.lastIndexOf(END_SIGNATURE)
  if (end === -1) throw new TypeError('This is no zip archive.')
  let offset = archive.readUInt32LE(end + END.directory)
  for (let left = archive.readUInt16LE(end + END.entries); left > 0; left--) {
    const nameLength = archive.readUInt16LE(offset + ENTRY.name)
    const name = archive.toString('utf8', offset + ENTRY.fixed, offset + ENTRY.fixed + nameLength)
    if (name === wanted) return contentOf(archive, offset)
    offset += ENTRY.fixed + nameLength + archive.readUInt16LE(offset + ENTRY.extra) + archive.readUInt16LE(offset + ENTRY.comment)
  }
  return undefined
}

function contentOf(archive: Buffer, entry: number): Buffer {
  const local = archive.readUInt32LE(entry + ENTRY.local)
  const start = local + LOCAL.fixed + archive.readUInt16LE(local + LOCAL.name) + archive.readUInt16LE(local + LOCAL.extra)
  const content = archive.subarray(start, start + archive.readUInt32LE(entry + ENTRY.compressed))
  return archive.readUInt16LE(entry + ENTRY.method) === STORED ? content : inflateRawSync(content)
}
