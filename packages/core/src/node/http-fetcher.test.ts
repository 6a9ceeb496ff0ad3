import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FetchError, type FetchRequest } from '../revocation/fetcher.ts'
import { createHttpFetcher, type HttpFetcherOptions } from './http-fetcher.ts'

let server: Server
let answer: (request: IncomingMessage, response: ServerResponse) => void
let asked: string[]
let url: string
const closing: { close(): void }[] = []

beforeEach(async () => {
  asked = []
  answer = (_, response) => response.end('the list')
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    answer(request, response)
  })
  url = `http://127.0.0.1:${await listen(server)}/ca.crl`
})

afterEach(() => {
  server.closeAllConnections()
  server.close()
  for (const each of closing.splice(0)) each.close()
})

describe('createHttpFetcher', () => {
  it('brings status, headers and body', async () => {
    answer = (request, response) => {
      response.setHeader('ETag', '"1"')
      response.end(`${request.headers['accept-encoding']} ${request.headers.accept}`)
    }
    const response = await get()
    expect(response.status).toBe(200)
    expect(response.header('etag')).toBe('"1"')
    expect(text(response.body)).toBe('identity application/pkix-crl')
  })

  it('sends a body', async () => {
    answer = (request, response) => {
      request.pipe(response)
    }
    const response = await get({ method: 'POST', body: Uint8Array.of(1, 2, 3) })
    expect([...response.body]).toEqual([1, 2, 3])
  })

  it('brings a refusal as it is', async () => {
    answer = (_, response) => response.writeHead(503).end()
    await expect(get()).resolves.toMatchObject({ status: 503 })
  })

  describe('addresses', () => {
    it('does not connect to one that is written out and private, unless it is allowed', async () => {
      await expect(get({}, { privateHosts: [] })).rejects.toMatchObject({ code: 'fetch-address' })
      await expect(get({ url: 'http://[::1]:9/' }, { privateHosts: [] })).rejects.toMatchObject({
        code: 'fetch-address',
      })
      await expect(get({ url: 'http://169.254.169.254/latest/meta-data/' })).rejects.toMatchObject({
        code: 'fetch-address',
      })
      // Spellings that the URL parser reads as 127.0.0.1.
      for (const host of ['127.1', '0x7f000001', '2130706433', '[::ffff:127.0.0.1]']) {
        await expect(get({ url: `http://${host}:9/` }, { privateHosts: [] })).rejects.toMatchObject({
          code: 'fetch-address',
        })
      }
      expect(asked).toEqual([])
    })

    it('does not connect to one that a name leads to, unless the name is allowed', async () => {
      const named = url.replace('127.0.0.1', 'crl.example')
      const resolve = resolving(['127.0.0.1'])
      await expect(get({ url: named }, { privateHosts: [], resolve })).rejects.toMatchObject({ code: 'fetch-address' })
      await expect(get({ url: named }, { privateHosts: ['other.example'], resolve })).rejects.toMatchObject({
        code: 'fetch-address',
      })
      expect(asked).toEqual([])
      await expect(get({ url: named }, { privateHosts: ['crl.example'], resolve })).resolves.toMatchObject({
        status: 200,
      })
    })

    it('refuses a name of which one address is private, whichever comes first', async () => {
      const named = url.replace('127.0.0.1', 'crl.example')
      for (const addresses of [
        ['8.8.8.8', '127.0.0.1'],
        ['127.0.0.1', '8.8.8.8'],
      ]) {
        await expect(get({ url: named }, { privateHosts: [], resolve: resolving(addresses) })).rejects.toMatchObject({
          code: 'fetch-address',
        })
      }
      expect(asked).toEqual([])
    })

    it('asks once, and connects to the address that it looked at: a second answer changes nothing', async () => {
      const answers = ['127.0.0.1', '169.254.169.254']
      let questions = 0
      const resolve: HttpFetcherOptions['resolve'] = (_, callback) =>
        callback(null, [{ address: answers[questions++] ?? '', family: 4 }])
      const named = url.replace('127.0.0.1', 'rebind.example')
      await expect(get({ url: named }, { privateHosts: ['rebind.example'], resolve })).resolves.toMatchObject({
        status: 200,
      })
      expect(questions).toBe(1)
      // Asked anew for the next fetch, and looked at anew.
      questions = 1
      await expect(get({ url: named }, { privateHosts: [], resolve })).rejects.toMatchObject({ code: 'fetch-address' })
    })

    it('reports a name that does not resolve', async () => {
      const resolve: HttpFetcherOptions['resolve'] = (_, callback) =>
        callback(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), [])
      await expect(get({ url: 'http://nowhere.example/' }, { privateHosts: [], resolve })).rejects.toMatchObject({
        code: 'fetch-network',
        message: expect.stringContaining('ENOTFOUND'),
      })
    })
  })

  it.each([
    'file:///etc/passwd',
    'gopher://127.0.0.1/',
    'ldap://127.0.0.1/',
    'http://user:word@127.0.0.1/',
    'no url',
    '',
  ])('does not take %j for a URL', async (other) => {
    await expect(get({ url: other })).rejects.toMatchObject({ code: 'fetch-url' })
  })

  describe('redirects', () => {
    it('follows one on the same host and port', async () => {
      answer = (request, response) =>
        request.url === '/ca.crl' ? response.writeHead(301, { location: '/moved.crl' }).end() : response.end('moved')
      expect(text((await get()).body)).toBe('moved')
      expect(asked).toEqual(['GET /ca.crl', 'GET /moved.crl'])
    })

    it.each([
      'http://169.254.169.254/latest/meta-data/',
      'http://127.0.0.1:9/ca.crl',
      'http://localhost/ca.crl',
      'https://127.0.0.1/ca.crl',
      'file:///etc/passwd',
      'http://',
    ])('does not follow one to %s', async (location) => {
      answer = (_, response) => response.writeHead(302, { location }).end()
      await expect(get()).rejects.toMatchObject({ code: 'fetch-redirect' })
      expect(asked).toHaveLength(1)
    })

    it('gives up after two, and follows none of a POST', async () => {
      answer = (_, response) => response.writeHead(302, { location: '/again' }).end()
      await expect(get()).rejects.toMatchObject({ code: 'fetch-redirect' })
      expect(asked).toHaveLength(3)
      await expect(get({ method: 'POST', body: Uint8Array.of(1) })).rejects.toMatchObject({ code: 'fetch-redirect' })
      expect(asked).toHaveLength(4)
    })
  })

  describe('limits', () => {
    it('cuts off a server that announces too much, and one that sends too much', async () => {
      answer = (_, response) => response.writeHead(200, { 'content-length': 1001 }).end(Buffer.alloc(1001))
      await expect(get({ maxOctets: 1000 })).rejects.toMatchObject({ code: 'fetch-oversized' })
      answer = (_, response) => {
        response.write(Buffer.alloc(600))
        response.end(Buffer.alloc(600))
      }
      await expect(get({ maxOctets: 1000 })).rejects.toMatchObject({ code: 'fetch-oversized' })
      await expect(get({ maxOctets: 1200 })).resolves.toMatchObject({ status: 200 })
    })

    it('cuts off a server that is silent, and one that drips', async () => {
      answer = () => {}
      await expect(get({ timeoutMilliseconds: 50 })).rejects.toMatchObject({ code: 'fetch-timeout' })
      answer = (_, response) => {
        const drip = setInterval(() => response.write('x'), 5)
        response.on('close', () => clearInterval(drip))
      }
      await expect(get({ timeoutMilliseconds: 100 })).rejects.toMatchObject({ code: 'fetch-timeout' })
    })

    it('decompresses nothing', async () => {
      answer = (_, response) =>
        response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1_000_000)))
      await expect(get()).rejects.toMatchObject({ code: 'fetch-content' })
    })

    it('stops when it is told to', async () => {
      const stop = new AbortController()
      answer = () => stop.abort()
      await expect(get({ signal: stop.signal })).rejects.toMatchObject({ code: 'fetch-aborted' })
      await expect(get({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'fetch-aborted' })
    })
  })

  describe('broken connections', () => {
    it.each<[string, (socket: Socket) => void]>([
      ['is reset', (socket) => socket.resetAndDestroy()],
      ['ends before the headers do', (socket) => socket.end('HTTP/1.1 200 OK\r\n')],
      ['ends before the body does', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf')],
      [
        'ends in the middle of a chunk',
        (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n64\r\nhalf'),
      ],
      ['speaks something else', (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n')],
    ])('fails if the connection %s', async (_, act) => {
      const sockets = createSocketServer((socket) => {
        socket.on('error', () => {})
        socket.once('data', () => act(socket))
      })
      closing.push(sockets)
      const port = await listen(sockets)
      await expect(get({ url: `http://127.0.0.1:${port}/` })).rejects.toMatchObject({ code: 'fetch-network' })
    })

    it('fails if nobody listens', async () => {
      const gone = createSocketServer()
      const port = await listen(gone)
      await new Promise((resolve) => gone.close(resolve))
      await expect(get({ url: `http://127.0.0.1:${port}/` })).rejects.toMatchObject({
        message: 'fetch-network: ECONNREFUSED',
      })
    })
  })

  it('repeats nothing that a server said in its errors', async () => {
    answer = (_, response) => response.writeHead(302, { location: 'http://canary.example/' }).end('canary')
    const error = await get().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(FetchError)
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('canary')
  })
})

function get(request: Partial<FetchRequest> = {}, options: HttpFetcherOptions = { privateHosts: ['127.0.0.1'] }) {
  return createHttpFetcher(options)({
    url,
    method: 'GET',
    headers: { accept: 'application/pkix-crl' },
    maxOctets: 10_000,
    timeoutMilliseconds: 5_000,
    signal: new AbortController().signal,
    ...request,
  })
}

function resolving(addresses: readonly string[]): NonNullable<HttpFetcherOptions['resolve']> {
  return (_, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    )
}

function text(octets: Uint8Array): string {
  return new TextDecoder().decode(octets)
}

function listen(server: {
  listen(port: number, host: string, ready: () => void): unknown
  address(): unknown
}): Promise<number> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)))
}
