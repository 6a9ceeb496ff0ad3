import { randomBytes } from 'node:crypto'
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createSecureServer } from 'node:http2'
import { createServer, type RequestOptions, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type Server, type TLSSocket } from 'node:tls'
import { type Authority, createAuthority, createSelfSigned, type IssuedCertificate } from '@countersign/testing'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { anchorFiles } from './anchor-files.ts'
import { createTlsServer } from './tls-server.ts'
import { tlsServerOptions } from './tls-server-options.ts'

let authority: Authority
let server: IssuedCertificate
let alice: IssuedCertificate
const open: { close(): void }[] = []

beforeAll(async () => {
  authority = await createAuthority({ name: 'Partners' })
  server = await authority.issueServer()
  alice = await authority.issueClient({ name: 'Alice' })
})

afterEach(() => {
  for (const each of open.splice(0)) each.close()
})

const identity = () => ({ certificate: server.chainPem, key: server.privateKeyPem })

describe('tlsServerOptions', () => {
  it('asks for a certificate, refuses nobody in the handshake, and lets OpenSSL choose among good suites only', () => {
    const options = tlsServerOptions({ ...identity(), anchors: authority.certificate.pem })
    expect(options).toMatchObject({
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      maxHeaderSize: 65_536,
      allowHTTP1: true,
    })
    expect(options.ciphers).not.toMatch(/CBC|SHA(?::|$)|RSA-AES128-SHA|(?:^|:)AES|DHE-RSA-AES\d+-SHA/)
  })

  it('has ticket keys of its own: those of another listener open nothing', () => {
    const one = tlsServerOptions({ ...identity(), anchors: authority.certificate.pem })
    const two = tlsServerOptions({ ...identity(), anchors: authority.certificate.pem })
    expect(one.ticketKeys).toHaveLength(48)
    expect(one.ticketKeys).not.toEqual(two.ticketKeys)
  })

  it.each<[string, () => unknown]>([
    ['no anchors', () => ({ ...identity(), anchors: [] })],
    ['anchors that are none', () => ({ ...identity(), anchors: 'garbage' })],
    ['no key', () => ({ certificate: server.chainPem, anchors: authority.certificate.pem })],
    [
      'the key of another certificate',
      () => ({ ...identity(), key: alice.privateKeyPem, anchors: authority.certificate.pem }),
    ],
    ['a version that is broken', () => ({ ...identity(), anchors: authority.certificate.pem, minimumVersion: '1.1' })],
    ['no protocol', () => ({ ...identity(), anchors: authority.certificate.pem, protocols: [] })],
    ['a head without end', () => ({ ...identity(), anchors: authority.certificate.pem, maxHeaderBytes: Infinity })],
  ])('throws for %s', (_, input) => {
    expect(() => tlsServerOptions(input() as never)).toThrow()
  })

  it('lets everybody through to an answer, and hands over what they presented', async () => {
    const port = await listen(
      createTlsServer({ ...identity(), anchors: authority.certificate.pem }, (req, res) => {
        res.end((req.socket as TLSSocket).getPeerX509Certificate()?.subject ?? 'nobody')
      }),
    )
    expect(await get(port, alice.tls)).toBe('CN=Alice')
    expect(await get(port, (await createSelfSigned({ name: 'rogue' })).tls)).toBe('CN=rogue')
    expect(await get(port, {})).toBe('nobody')
  })

  it('speaks TLS 1.2 and 1.3, and nothing older', async () => {
    const port = await listen(createServer(tlsServerOptions({ ...identity(), anchors: authority.certificate.pem })))
    const socket = await handshake(port, {})
    expect(socket.getProtocol()).toBe('TLSv1.3')
    expect(socket.alpnProtocol).toBe('http/1.1')
    expect((await handshake(port, { maxVersion: 'TLSv1.2' })).getCipher().standardName).toMatch(
      /^TLS_ECDHE_.*(?:GCM|POLY1305)/,
    )
    await expect(handshake(port, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow()
    await expect(handshake(port, { maxVersion: 'TLSv1.2', ciphers: 'AES128-SHA' })).rejects.toThrow()
  })

  it('serves HTTP/2 as well where asked to', async () => {
    const options = tlsServerOptions({
      ...identity(),
      anchors: authority.certificate.pem,
      protocols: ['h2', 'http/1.1'],
    })
    const port = await listen(createSecureServer(options))
    expect((await handshake(port, { ALPNProtocols: ['h2'] })).alpnProtocol).toBe('h2')
  })

  it('reads a head of 60,000 octets, which Node alone refuses', async () => {
    const port = await listen(
      createTlsServer({ ...identity(), anchors: authority.certificate.pem }, (req, res) => {
        res.end(String(req.headers['client-cert-chain']?.length))
      }),
    )
    expect(await get(port, { headers: { 'client-cert-chain': 'x'.repeat(60_000) } })).toBe('60000')
  })

  it('gives the server what changes in files, keeps its connections, and keeps what was if the new is broken', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-tls-'))
    const certificateFile = join(folder, 'api.pem')
    const keyFile = join(folder, 'api.key')
    const anchors = join(folder, 'anchors.pem')
    const write = (path: string, text: string) => {
      writeFileSync(`${path}.new`, text)
      renameSync(`${path}.new`, path)
    }
    write(certificateFile, server.chainPem)
    write(keyFile, server.privateKeyPem)
    write(anchors, authority.certificate.pem)
    const said: string[] = []
    let heard = (_: string) => {}
    const next = () =>
      new Promise<string>((resolve) => {
        heard = resolve
      })
    const tell = (text: string) => {
      said.push(text)
      heard(text)
    }
    const running = createTlsServer(
      { certificateFile, keyFile, anchors: anchorFiles(anchors) },
      (_req, res) => void res.end('hello'),
      { reloaded: () => tell('reloaded'), failed: (cause) => tell(`failed: ${cause}`) },
    )
    const port = await listen(running)
    const before = await handshake(port, {})
    expect(before.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase()).toBe(server.fingerprint)

    // The certificate alone does not fit the key: what was stays, until the key has followed.
    const renewed = await authority.issueServer({ name: 'renewed' })
    let answer = next()
    write(certificateFile, renewed.chainPem)
    expect(await answer).toMatch(/^failed: .*(?:mismatch|values)/i)
    expect(await fingerprintAt(port)).toBe(server.fingerprint)
    answer = next()
    write(keyFile, renewed.privateKeyPem)
    expect(await answer).toBe('reloaded')
    expect(await fingerprintAt(port)).toBe(renewed.fingerprint)

    answer = next()
    write(anchors, 'garbage')
    expect(await answer).toMatch(/^failed: certificate\.anchors/)
    expect(await fingerprintAt(port)).toBe(renewed.fingerprint)

    // The connection from before lives.
    const reply = new Promise<string>((resolve) => before.once('data', (data) => resolve(data.toString())))
    before.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    expect(await reply).toMatch(/^HTTP\/1\.1 200/)
    rmSync(folder, { recursive: true, force: true })
  })

  it('takes no ticket from before a reload', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-tls-'))
    const anchors = join(folder, 'anchors.pem')
    writeFileSync(anchors, authority.certificate.pem)
    const reloaded = Promise.withResolvers<void>()
    const running = createTlsServer(
      { ...identity(), anchors: anchorFiles(anchors) },
      (_req, res) => void res.end('hello'),
      { reloaded: () => reloaded.resolve() },
    )
    const port = await listen(running)
    const first = await handshake(port, { ...alice.tls, maxVersion: 'TLSv1.2' })
    const session = first.getSession()
    expect((await handshake(port, { ...alice.tls, maxVersion: 'TLSv1.2', session })).isSessionReused()).toBe(true)
    writeFileSync(
      anchors,
      authority.certificate.pem + (await createAuthority({ name: randomBytes(4).toString('hex') })).certificate.pem,
    )
    await reloaded.promise
    expect((await handshake(port, { ...alice.tls, maxVersion: 'TLSv1.2', session })).isSessionReused()).toBe(false)
    rmSync(folder, { recursive: true, force: true })
  })
})

async function listen(running: Server): Promise<number> {
  open.push({
    close: () => {
      running.close()
      ;(running as Server & { closeAllConnections?(): void }).closeAllConnections?.()
    },
  })
  await new Promise<void>((resolve) => running.listen(0, '127.0.0.1', resolve))
  return (running.address() as AddressInfo).port
}

function get(port: number, options: RequestOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, ca: authority.certificate.pem, agent: false, ...options }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve(text))
    })
      .once('error', reject)
      .end()
  })
}

function handshake(port: number, options: object): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: '127.0.0.1',
      port,
      ca: authority.certificate.pem,
      servername: 'localhost',
      ALPNProtocols: ['http/1.1'],
      ...options,
    })
    open.push({ close: () => socket.destroy() })
    socket.once('secureConnect', () => resolve(socket))
    socket.once('error', reject)
  })
}

async function fingerprintAt(port: number): Promise<string | undefined> {
  const socket = await handshake(port, {})
  return socket.getPeerX509Certificate()?.fingerprint256.replaceAll(':', '').toLowerCase()
}
