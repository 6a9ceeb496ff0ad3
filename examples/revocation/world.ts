/** The other side: three CAs with their server of lists and their responder, and clients that keep their connections. @module */
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { Agent, createServer as createTlsServer, request } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Authority, createAuthority, createOcspResponder, type IssuedCertificate } from '@countersign/testing'
import { createApi } from './api.ts'

/** One kept-alive connection. */
export interface Client {
  readonly certificate: IssuedCertificate
  /** The status of one request. */
  get(): Promise<number>
  /** Everything that the feed says until it ends. */
  feed(): { readonly opened: Promise<void>; readonly ended: Promise<string> }
}

export async function createWorld() {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-revocation-'))
  const [byFile, byUrl, byOcsp] = await Promise.all([
    createAuthority({ name: 'By file' }),
    createAuthority({ name: 'By URL' }),
    createAuthority({ name: 'By OCSP' }),
  ])
  const revoked = new Set<string>()

  async function publishFile(...certificates: readonly IssuedCertificate[]): Promise<void> {
    // Beside it, then over it: nobody reads half a list.
    await writeFile(join(folder, 'by-file.crl.new'), (await byFile.crl({ revoked: certificates })).der)
    await rename(join(folder, 'by-file.crl.new'), join(folder, 'by-file.crl'))
  }
  await publishFile()

  const crlServer = createServer(async (_, response) => {
    const serialNumbers = [...revoked]
    response.end((await byUrl.crl({ revoked: serialNumbers })).der)
  })
  const respond = createOcspResponder(byOcsp, { statusOf: (serial) => (revoked.has(serial) ? 'revoked' : 'good') })
  const responder = createServer(async (incoming, response) => {
    const parts: Buffer[] = []
    for await (const part of incoming) parts.push(part)
    response.setHeader('content-type', 'application/ocsp-response')
    response.end(await respond(Buffer.concat(parts)))
  })
  const [crlHost, ocspHost] = [`127.0.0.1:${await listen(crlServer)}`, `127.0.0.1:${await listen(responder)}`]

  const { app, authenticator } = await createApi({
    anchors: {
      'by-file': byFile.certificate.pem,
      'by-url': byUrl.certificate.pem,
      'by-ocsp': byOcsp.certificate.pem,
    },
    crlFolder: folder,
    crlHosts: [crlHost],
    ocspHosts: [ocspHost],
  })
  const server = await byFile.issueServer()
  const api = createTlsServer({ ...server.tls, requestCert: true, rejectUnauthorized: false }, app)
  const port = await listen(api)
  const agents: Agent[] = []

  async function createClient(authority: Authority): Promise<Client> {
    const certificate = await authority.issueClient({
      dns: ['client.example'],
      ...(authority === byUrl ? { crlDistributionPoints: [`http://${crlHost}/ca.crl`] } : {}),
      ...(authority === byOcsp ? { ocspResponders: [`http://${ocspHost}/`] } : {}),
    })
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: byFile.certificate.pem, ...certificate.tls })
    agents.push(agent)
    return {
      certificate,
      get: () =>
        new Promise((resolve, reject) => {
          request({ agent, port, host: 'localhost' }, (incoming) => {
            incoming.resume()
            incoming.on('end', () => resolve(incoming.statusCode ?? 0))
          })
            .on('error', reject)
            .end()
        }),
      feed() {
        let text = ''
        const { promise: opened, resolve: open } = Promise.withResolvers<void>()
        const { promise: ended, resolve: end, reject } = Promise.withResolvers<string>()
        const streaming = new Agent({ ca: byFile.certificate.pem, ...certificate.tls })
        agents.push(streaming)
        request({ agent: streaming, port, host: 'localhost', path: '/feed' }, (incoming) => {
          incoming.setEncoding('utf8').on('data', (part: string) => {
            text += part
            open()
          })
          incoming.on('end', () => end(text))
        })
          .on('error', reject)
          .end()
        return { opened, ended }
      },
    }
  }

  return {
    authenticator,
    clients: {
      byFile: () => createClient(byFile),
      byUrl: () => createClient(byUrl),
      byOcsp: () => createClient(byOcsp),
    },
    publishFile,
    /** In the next list that is fetched, and the next answer that is given. */
    revoke: (certificate: IssuedCertificate): void => void revoked.add(certificate.serialNumber),
    stopCrlServer(): void {
      crlServer.closeAllConnections()
      crlServer.close()
    },
    async close(): Promise<void> {
      authenticator.close()
      for (const agent of agents) agent.destroy()
      for (const each of [api, crlServer, responder]) {
        each.closeAllConnections()
        each.close()
      }
      await rm(folder, { recursive: true })
    },
  }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}
