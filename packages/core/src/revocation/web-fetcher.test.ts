import { delay, HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { FetchRequest } from './fetcher.ts'
import { webFetcher } from './web-fetcher.ts'

const URL_OF_LIST = 'http://crl.example/ca.crl'

const server = setupServer()
beforeAll(() => server.listen())
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

const fetching = (response: () => Response | Promise<Response>, changes: Partial<FetchRequest> = {}) => {
  server.use(http.get(URL_OF_LIST, response))
  return webFetcher({
    url: URL_OF_LIST,
    method: 'GET',
    headers: {},
    maxOctets: 10,
    timeoutMilliseconds: 5_000,
    signal: new AbortController().signal,
    ...changes,
  })
}

describe('webFetcher', () => {
  it('hands over status, fields and as many octets as are allowed', async () => {
    const response = await fetching(() => HttpResponse.arrayBuffer(new Uint8Array(10).fill(7).buffer, { status: 203 }))
    expect([response.status, response.header('content-length'), response.header('etag')]).toEqual([
      203,
      '10',
      undefined,
    ])
    expect(response.body).toEqual(new Uint8Array(10).fill(7))
  })

  it('takes no body that announces too much, and waits for none of it', async () => {
    const endless = () => {
      const body = new ReadableStream({ start: (controller) => controller.enqueue(new Uint8Array(1)) })
      return new Response(body, { headers: { 'content-length': '11' } })
    }
    await expect(fetching(endless, { timeoutMilliseconds: 1_000 })).rejects.toMatchObject({ code: 'fetch-oversized' })
  })

  it('takes no body that is longer than it announced', async () => {
    const parts = (count: number) => () =>
      new Response(new ReadableStream({ start: (controller) => stream(controller, count) }))
    expect((await fetching(parts(5))).body).toHaveLength(10)
    await expect(fetching(parts(6))).rejects.toMatchObject({ code: 'fetch-oversized' })
  })

  it('takes no compressed body: nobody knows how long it is', async () => {
    const compressed = () => new Response('x', { headers: { 'content-encoding': 'br' } })
    await expect(fetching(compressed)).rejects.toMatchObject({ code: 'fetch-content' })
  })

  it('says whether it was the time, the caller or the network that ended it', async () => {
    const silent = async () => {
      await delay('infinite')
      return HttpResponse.error()
    }
    await expect(fetching(silent, { timeoutMilliseconds: 20 })).rejects.toMatchObject({ code: 'fetch-timeout' })
    await expect(fetching(silent, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'fetch-aborted' })
    await expect(fetching(() => HttpResponse.error())).rejects.toMatchObject({ code: 'fetch-network' })
  })

  it('follows no redirect', async () => {
    const elsewhere = () => new HttpResponse(null, { status: 307, headers: { location: 'http://other.example/' } })
    await expect(fetching(elsewhere)).rejects.toMatchObject({ code: 'fetch-redirect' })
    expect((await fetching(() => new HttpResponse(null, { status: 304 }))).status).toBe(304)
  })
})

function stream(controller: ReadableStreamDefaultController<Uint8Array>, parts: number): void {
  for (let part = 0; part < parts; part++) controller.enqueue(new Uint8Array(2))
  controller.close()
}
