import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { createAuthority } from '@countersign/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { type Authenticator, createAuthenticator } from '../authenticate/create-authenticator.ts'
import type { Principal } from '../authenticate/principal.ts'
import { memoryRegistry } from '../registry/memory-registry.ts'
import { authenticateUpgrade, type UpgradeOptions } from './authenticate-upgrade.ts'

const registry = memoryRegistry()
await registry.createPartner({ id: 'acme', scopes: [] })
const { key, record } = await registry.issueKey({ partnerId: 'acme', binding: 'none' })
const anchors = (await createAuthority()).certificate.pem
const source = { name: 'platform', secure: () => true, read: () => undefined }
const authenticator = createAuthenticator({
  certificate: { anchors, revocation: 'unchecked', source },
  key: { registry },
  require: 'key',
})

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

describe('authenticateUpgrade()', () => {
  it('gives the principal and leaves the socket alone', async () => {
    const server = await serve(authenticator)
    const client = await upgrade(server.port, `Authorization: Bearer ${key}\r\n`)
    await expect.poll(() => client.received()).toBe('HTTP/1.1 101 Switching Protocols\r\n\r\nhello acme')
    expect(server.sockets[0]?.listenerCount('error')).toBe(0)
  })

  it('answers a refusal in full and closes the connection', async () => {
    const server = await serve(authenticator)
    const client = await upgrade(server.port)
    await expect.poll(() => client.ended()).toBe(true)
    const [head = '', body = ''] = client.received().split('\r\n\r\n')
    expect(head.split('\r\n')).toEqual(
      expect.arrayContaining([
        'HTTP/1.1 401 Unauthorized',
        'connection: close',
        'content-type: application/problem+json',
        'cache-control: no-store',
        'www-authenticate: Bearer realm="countersign"',
      ]),
    )
    expect(head).toContain(`content-length: ${body.length}`)
    expect(JSON.parse(body)).toMatchObject({ code: 'credentials-missing' })
    expect(server.principals).toEqual([undefined])
  })

  it('closes a connection whose client sends on', async () => {
    const server = await serve(authenticator)
    const client = await upgrade(server.port)
    const sender = setInterval(() => client.socket.writable && client.socket.write(new Uint8Array(16_384)), 1)
    await expect.poll(() => server.sockets[0]?.destroyed, { timeout: 3_000 }).toBe(true)
    clearInterval(sender)
    expect(client.received()).toContain('credentials-missing')
  })

  it('lets onRefused make the body', async () => {
    const onRefused = ({ code }: { code: string }, request: IncomingMessage) => ({
      body: `${code} ${request.url}`,
      contentType: 'text/plain',
    })
    const server = await serve(authenticator, { onRefused })
    const client = await upgrade(server.port)
    await expect.poll(() => client.received()).toMatch(/\r\n\r\ncredentials-missing \/socket$/)
  })

  it('refuses where an authenticator breaks', async () => {
    const broken: Authenticator<'key'> = {
      ...authenticator,
      authenticate: () => {
        throw new Error('secret')
      },
    }
    const server = await serve(broken)
    const client = await upgrade(server.port, `Authorization: Bearer ${key}\r\n`)
    await expect.poll(() => client.received()).toContain('500 Internal Server Error')
    expect(client.received()).not.toContain('secret')
  })

  it('survives a connection that is reset while the registry thinks', async () => {
    let answer: () => void = () => {}
    const thinking = new Promise<void>((resolve) => {
      answer = resolve
    })
    const slow = createAuthenticator({
      certificate: { anchors, revocation: 'unchecked', source },
      key: {
        registry: {
          findKey: async (id, signal) => {
            await thinking
            return registry.findKey(id, signal)
          },
          findPartner: () => undefined,
        },
      },
      require: 'key',
    })
    const server = await serve(slow)
    const client = await upgrade(server.port, `Authorization: Bearer ${key}\r\n`)
    await expect.poll(() => server.sockets.length).toBe(1)
    client.socket.resetAndDestroy()
    server.sockets[0]?.resume()
    await expect.poll(() => server.sockets[0]?.destroyed).toBe(true)
    answer()
    await expect.poll(() => server.principals.length).toBe(1)
  })

  it('ends the signal of its principal with the key, and forgets it with the connection', async () => {
    const server = await serve(authenticator)
    const first = await upgrade(server.port, `Authorization: Bearer ${key}\r\n`)
    await upgrade(server.port, `Authorization: Bearer ${key}\r\n`)
    await expect.poll(() => server.principals.length).toBe(2)
    const [left, kept] = server.principals.map((principal) => principal?.signal)
    expect(authenticator.health().liveStreams).toBe(2)
    first.socket.destroy()
    await expect.poll(() => authenticator.health().liveStreams).toBe(1)
    await registry.revokeKey(record.id)
    await expect.poll(() => kept?.aborted).toBe(true)
    expect(left?.aborted).toBe(false)
  })
})

async function serve(given: Authenticator<'key'>, options?: UpgradeOptions) {
  const principals: (Principal<'key'> | undefined)[] = []
  const sockets: Socket[] = []
  const server = createServer()
  server.on('upgrade', async (request, socket) => {
    sockets.push(socket as Socket)
    const principal = await authenticateUpgrade(request, socket, given, options)
    principals.push(principal)
    if (principal === undefined) return
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n\r\nhello ${principal.partner.id}`)
    socket.on('end', () => socket.end()).resume()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return { port: (server.address() as AddressInfo).port, principals, sockets }
}

async function upgrade(port: number, fields = '') {
  const socket = connect(port, '127.0.0.1')
  closers.push(() => socket.destroy())
  let received = ''
  let ended = false
  socket.setEncoding('latin1')
  socket.on('data', (text) => {
    received += text
  })
  socket.on('end', () => {
    ended = true
  })
  socket.on('error', () => {})
  await once(socket, 'connect')
  socket.write(`GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n${fields}\r\n`)
  return { socket, received: () => received, ended: () => ended }
}
