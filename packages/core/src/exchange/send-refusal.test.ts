import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type ClientHttp2Session, connect as connectHttp2, createServer as createHttp2Server } from 'node:http2'
import { type AddressInfo, connect, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type FinishedRefusal, type RefusalWriter, type RefusedRequest, sendRefusal } from './send-refusal.ts'
import { UNREAD_BODY_LIMIT_BYTES } from './unread-body.ts'

const REFUSAL: FinishedRefusal = {
  status: 401,
  headers: { 'content-type': 'application/problem+json', 'content-length': '7', 'cache-control': 'no-store' },
  body: '"no no"',
}

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => server.close())
  return (server.address() as AddressInfo).port
}

describe('sendRefusal() over HTTP/1.1', () => {
  it('answers and keeps the connection where nothing is pending', async () => {
    const client = await open()
    for (const body of ['', 'hello']) {
      client.socket.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
      await expect.poll(() => client.received()).toContain('"no no"')
      expect(client.received()).toMatch(/^HTTP\/1.1 401 Unauthorized\r\n/)
      expect(client.received()).toContain('Connection: keep-alive')
      client.forget()
    }
    expect(client.ended()).toBe(false)
  })

  it('answers in full and closes where part of the body has not come', async () => {
    const client = await open()
    client.socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello')
    await expect.poll(() => client.received()).toContain('"no no"')
    expect(client.received()).toContain('connection: close')
    expect(client.ended()).toBe(false)
    client.socket.write('world')
    await expect.poll(() => client.ended()).toBe(true)
  })

  it('closes after 64 KiB more, though the client sends on', async () => {
    const client = await open()
    client.socket.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
    const sender = setInterval(() => client.socket.writable && client.socket.write(chunk), 1)
    await expect.poll(() => client.ended(), { timeout: 3_000 }).toBe(true)
    clearInterval(sender)
    expect(client.received()).toContain('"no no"')
    expect(client.bytesRead()).toBeGreaterThanOrEqual(UNREAD_BODY_LIMIT_BYTES)
    expect(client.bytesRead()).toBeLessThan(UNREAD_BODY_LIMIT_BYTES + 256 * 1024)
  })

  it('answers HEAD without a body, be something pending or not', async () => {
    for (const fields of ['', 'Content-Length: 10\r\n']) {
      const client = await open()
      client.socket.write(`HEAD / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`)
      await expect.poll(() => client.received()).toMatch(/content-length: 7\r\n[^"]*\r\n\r\n$/s)
      client.socket.destroy()
    }
  })

  it('writes nothing where somebody else has begun to answer', async () => {
    const client = await open((request, response) => {
      response.writeHead(202)
      void sendRefusal(request, response, REFUSAL).then(() => response.end('mine'))
    })
    client.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    await expect.poll(() => client.received()).toMatch(/^HTTP\/1.1 202 .*mine/s)
    expect(client.received()).not.toContain('401')
  })

  it('survives a client that is gone', async () => {
    let settled = 0
    const client = await open(async (request, response) => {
      request.socket.destroy()
      await sendRefusal(request, response, REFUSAL)
      settled++
    })
    client.socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello')
    await expect.poll(() => settled).toBe(1)
  })

  async function open(
    listener: (request: IncomingMessage, response: ServerResponse) => unknown = (request, response) =>
      sendRefusal(request, response, REFUSAL),
  ) {
    const server = createServer((request, response) => void listener(request, response))
    let accepted: Socket | undefined
    server.on('connection', (connection) => {
      accepted = connection
    })
    const socket = connect(await listen(server), '127.0.0.1')
    closers.push(() => socket.destroy())
    let received = ''
    let ended = false
    socket.setEncoding('latin1')
    socket.on('data', (text) => {
      received += text
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      ended = true
    })
    return {
      socket,
      received: () => received,
      ended: () => ended,
      bytesRead: () => accepted?.bytesRead ?? 0,
      forget: () => {
        received = ''
      },
    }
  }
})

describe('sendRefusal() over HTTP/2', () => {
  it('answers in full, closes the stream without an error, and keeps the connection', async () => {
    const session = await open()
    expect(await call(session, { ':method': 'GET' }, 0)).toEqual({ status: 401, body: '"no no"', code: 0 })
    expect(await call(session, { ':method': 'POST' }, 5)).toEqual({ status: 401, body: '"no no"', code: 0 })
    expect(await call(session, { ':method': 'POST' }, 10_000_000)).toEqual({ status: 401, body: '"no no"', code: 0 })
    expect(await call(session, { ':method': 'HEAD' }, 0)).toEqual({ status: 401, body: '', code: 0 })
    expect(session.closed).toBe(false)
  })

  async function open(): Promise<ClientHttp2Session> {
    const server = createHttp2Server(
      (request, response) => void sendRefusal(request as RefusedRequest, response as RefusalWriter, REFUSAL),
    )
    const session = connectHttp2(`http://127.0.0.1:${await listen(server as unknown as Server)}`)
    closers.push(() => session.destroy())
    return session
  }

  function call(session: ClientHttp2Session, headers: Record<string, string>, length: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const stream = session.request({ ':path': '/', ...headers }, { endStream: length === 0 })
      let status: number | undefined
      let body = ''
      stream.setEncoding('utf8')
      stream.on('response', (fields) => {
        status = fields[':status']
      })
      stream.on('data', (text) => {
        body += text
      })
      stream.on('error', reject)
      stream.on('close', () => resolve({ status, body, code: stream.rstCode }))
      if (length > 0) stream.end(new Uint8Array(length))
    })
  }
})
