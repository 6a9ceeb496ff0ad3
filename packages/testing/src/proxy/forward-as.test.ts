import { X509Certificate } from 'node:crypto'
import { createServer, request } from 'node:http'
import { beforeAll, describe, expect, it } from 'vitest'
import { createAuthority } from '../pki/authority.ts'
import type { IssuedCertificate } from '../pki/certificate.ts'
import { forwardAs, forwardFormats } from './forward-as.ts'

let client: IssuedCertificate
beforeAll(async () => {
  const root = await createAuthority({ name: 'Root' })
  client = await (await root.issueAuthority({ name: 'Issuing' })).issueClient({ name: 'Alice' })
})

const fromBase64 = (text: string | undefined) => new X509Certificate(Buffer.from(text ?? '', 'base64'))
const pemBlocks = (text: string) => text.split(/(?<=-----END CERTIFICATE-----\n)/)

describe('forwardAs', () => {
  it('writes RFC 9440 byte sequences, the leaf not repeated in the chain', () => {
    const headers = forwardAs('rfc9440', client, { chain: 'intermediates-and-root' })
    expect(Object.keys(headers)).toEqual(['Client-Cert', 'Client-Cert-Chain'])
    expect(fromBase64(headers['Client-Cert']?.slice(1, -1)).subject).toBe('CN=Alice')
    const chain = headers['Client-Cert-Chain']?.split(', ') ?? []
    expect(chain.map((item) => fromBase64(item.slice(1, -1)).subject)).toEqual(['CN=Issuing', 'CN=Root'])
    expect(Object.keys(forwardAs('rfc9440', client, { chain: 'none' }))).toEqual(['Client-Cert'])
    expect(forwardAs('rfc9440', undefined)).toEqual({})
  })

  it('writes percent-encoded PEM as nginx does, and its verdict', () => {
    const headers = forwardAs('nginx-escaped', client)
    expect(headers['X-SSL-Client-Cert']).toMatch(
      /^-----BEGIN%20CERTIFICATE-----%0AMII[\w%.-]*-----END%20CERTIFICATE-----%0A$/,
    )
    expect(decodeURIComponent(headers['X-SSL-Client-Cert'] ?? '')).toBe(client.certificate.pem)
    expect(headers['X-SSL-Client-Verify']).toBe('SUCCESS')
    expect(forwardAs('nginx-escaped', client, { verdict: 'failed' })['X-SSL-Client-Verify']).toMatch(/^FAILED:/)
    expect(forwardAs('nginx-escaped', undefined)).toEqual({ 'X-SSL-Client-Verify': 'NONE' })
  })

  it('writes XFCC with hash, leaf, and a chain that begins with the leaf', () => {
    const value = forwardAs('envoy-xfcc', client)['x-forwarded-client-cert'] ?? ''
    const [, hash, leaf = '', chain = ''] = /^Hash=([\da-f]{64});Cert="([^"]+)";Chain="([^"]+)"$/.exec(value) ?? []
    expect(hash).toBe(client.fingerprint)
    expect(decodeURIComponent(leaf)).toBe(client.certificate.pem)
    expect(decodeURIComponent(chain)).toBe(client.chainPem)
  })

  it('writes chains leaf first where the format carries them', () => {
    const traefik = forwardAs('traefik-pem', client)['X-Forwarded-Tls-Client-Cert']?.split(',') ?? []
    expect(traefik.map((item) => fromBase64(item).subject)).toEqual(['CN=Alice', 'CN=Issuing'])
    const alb = decodeURIComponent(forwardAs('aws-alb-passthrough', client)['X-Amzn-Mtls-Clientcert'] ?? '')
    expect(pemBlocks(alb).map((pem) => new X509Certificate(pem).subject)).toEqual(['CN=Alice', 'CN=Issuing'])
  })

  it('renames the header that carries the certificate', () => {
    expect(Object.keys(forwardAs('haproxy-der', client, { header: 'X-Cert' }))).toContain('X-Cert')
    expect(Object.keys(forwardAs('haproxy-der', client, { header: 'X-Cert' }))).not.toContain('x-ssl-client-der')
  })

  it('writes values that HTTP can carry, in every format', async () => {
    const received: Record<string, string | string[] | undefined>[] = []
    const server = createServer((incoming, response) => {
      received.push(incoming.headers)
      response.end()
    }).listen(0)
    await new Promise((resolve) => server.once('listening', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    for (const format of forwardFormats()) {
      for (const headers of [forwardAs(format, client), forwardAs(format, undefined)]) {
        await new Promise<void>((resolve, reject) => {
          request({ port, headers, agent: false }, (response) => response.resume().on('end', resolve))
            .on('error', reject)
            .end()
        })
        for (const [name, value] of Object.entries(headers)) {
          expect(received.at(-1)?.[name.toLowerCase()], `${format} ${name}`).toBe(value)
        }
      }
    }
    server.close()
  })
})
