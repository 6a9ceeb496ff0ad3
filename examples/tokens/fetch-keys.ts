/** Fetching from servers of one's own CA. @module */
import { request } from 'node:https'

/** Enough of `fetch` for a set of keys: `https:`, one CA, no redirects. */
export function trustingFetch(ca: string): (url: string, init: RequestInit) => Promise<Response> {
  return (url, { signal }) =>
    new Promise((resolve, reject) => {
      const call = request(url, { ca, ...(signal ? { signal } : {}) }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('error', reject)
        answer.on('end', () => resolve(new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 500 })))
      })
      call.on('error', reject)
      call.end()
    })
}
