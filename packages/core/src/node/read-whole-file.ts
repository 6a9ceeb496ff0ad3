/** Reading large files without the event loop. @module */
import { open } from 'node:fs/promises'

/** One read of the thread pool; `readFile` takes a seventieth of that at a time, and three times as long for a large file. */
const PIECE_OCTETS = 32 * 1024 * 1024

/**
 * The file as it is now. What it grows by meanwhile is not read: who watches the file reads it again.
 * @throws RangeError for more than `maxOctets`
 */
export async function readWholeFile(path: string, maxOctets: number, signal: AbortSignal): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    if (size > maxOctets) throw new RangeError(`it is larger than ${maxOctets} octets`)
    const octets = Buffer.allocUnsafeSlow(size)
    let length = 0
    while (length < size) {
      signal.throwIfAborted()
      const { bytesRead } = await file.read(octets, length, Math.min(PIECE_OCTETS, size - length), length)
      if (bytesRead === 0) break
      length += bytesRead
    }
    return octets.subarray(0, length)
  } finally {
    await file.close()
  }
}
