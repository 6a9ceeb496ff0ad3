import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createPlainServer, type RequestListener, request } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuthenticator } from '@countersign/core'
import { memoryRegistry } from '@countersign/core/registry'
import { type CertificateSource, forwarded, rfc9440 } from '@countersign/core/sources'
import { countersign } from '@countersign/express'
import { type Authority, createAuthority, type IssuedCertificate } from '@countersign/testing'
import express from 'express'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommandLine } from '../command/run-command-line.ts'
import { type DoctorReport, type Outcome, runDoctor } from './run-doctor.ts'

let authority: Authority
let server: IssuedCertificate
const open: Server[] = []

beforeAll(async () => {
  authority = await createAuthority()
  server = await authority.issueServer()
})

afterAll(() => {
  for (const each of open) each.close()
})

/** What a proxy of the test does with the names that clients send. */
type Policy = (name: string) => boolean

interface Deployment {
  readonly url: URL
  readonly plain: URL
  readonly direct: URL
}

/** An application, and a proxy in front of it that ends TLS and passes on what its policy lets through. */
async function deploy(
  source: CertificateSource,
  keeps: Policy,
  options: { hsts?: boolean; redirect?: boolean; trustsClaims?: boolean } = {},
): Promise<Deployment> {
  const app = express()
  app.use(
    countersign(
      createAuthenticator({
        certificate: { anchors: authority.certificate.pem, revocation: 'unchecked', source },
        key: { registry: memoryRegistry() },
      }),
    ),
  )
  const port = await listen(createPlainServer({ maxHeaderSize: 65_536 }, app))
  const pass =
    (proto: string): RequestListener =>
    (incoming, outgoing) => {
      if (options.redirect === true && proto === 'http') {
        outgoing.writeHead(301, { location: 'https://localhost/' }).end()
        return
      }
      const headers: string[] = []
      for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
        const name = incoming.rawHeaders[at] as string
        if (keeps(name.toLowerCase())) headers.push(name, incoming.rawHeaders[at + 1] as string)
      }
      const claimed = options.trustsClaims === true && incoming.headers['x-forwarded-proto'] !== undefined
      if (!claimed) headers.push('X-Forwarded-Proto', proto)
      const upstream = request(
        { host: '127.0.0.1', port, method: incoming.method, path: incoming.url, headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, {
            ...answer.headers,
            ...(options.hsts === false ? {} : { 'strict-transport-security': 'max-age=63072000' }),
          })
          answer.pipe(outgoing)
        },
      )
      upstream.on('error', () => outgoing.writeHead(502).end())
      incoming.pipe(upstream)
    }
  const tls = { cert: server.chainPem, key: server.privateKeyPem, maxHeaderSize: 65_536 }
  const secure = await listen(createServer(tls, pass('https')))
  const plain = await listen(createPlainServer({ maxHeaderSize: 65_536 }, pass('http')))
  return {
    url: new URL(`https://localhost:${secure}/orders`),
    plain: new URL(`http://localhost:${plain}/orders`),
    direct: new URL(`http://127.0.0.1:${port}/orders`),
  }
}

async function listen(each: Server): Promise<number> {
  open.push(each)
  await new Promise<void>((resolve) => each.listen(0, '127.0.0.1', resolve))
  return (each.address() as AddressInfo).port
}

const examine = (deployment: Deployment): Promise<DoctorReport> =>
  runDoctor({ ...deployment, ca: authority.certificate.pem, connectTo: '127.0.0.1', timeoutSeconds: 5 })

const outcomes = ({ fields }: DoctorReport): Readonly<Record<string, Outcome>> =>
  Object.fromEntries(fields.map(({ id, outcome }) => [id, outcome]))

const CERTIFICATE = /cert|x-forwarded|akamai|^x-ssl/
const careful: Policy = (name) => !CERTIFICATE.test(name) && !name.includes('_') && name !== 'connection'
const careless: Policy = (name) => name !== 'connection'
const from = ['127.0.0.1']

describe('runDoctor', () => {
  it('finds nothing where the proxy removes what clients send', async () => {
    const report = await examine(await deploy(rfc9440({ from }), careful))
    expect(report.ok).toBe(false) // the application itself can be reached, and believes its own machine
    expect(report.transport.filter(({ ok }) => !ok).map(({ id }) => id)).toEqual(['direct'])
    const found = new Set(Object.values(outcomes(report)))
    expect([...found].sort()).toEqual(['no-answer', 'refused-by-proxy', 'removed'])
  })

  it('finds the field that the application reads and the proxy passes on', async () => {
    const report = await examine(await deploy(forwarded('nginx', { from }), careless))
    expect(outcomes(report)).toMatchObject({
      'x-ssl-client-cert': 'believed',
      'client-cert': 'reached',
      'x-forwarded-client-cert': 'reached',
      x_ssl_client_cert: 'reached',
      'x-arr-clientcert': 'removed',
    })
    expect(report.ok).toBe(false)
  })

  it('finds underscores that the proxy keeps, which the application refuses', async () => {
    const keeps: Policy = (name) => careful(name) || name.includes('_')
    expect(outcomes(await examine(await deploy(rfc9440({ from }), keeps)))).toMatchObject({
      client_cert: 'reached',
      client_cert_chain: 'reached',
      mixed: 'reached',
      'client-cert': 'removed',
    })
  })

  it('finds plaintext that passes for secure, a redirect, and a missing HSTS', async () => {
    const trusting = await examine(
      await deploy(rfc9440({ from }), (name) => careful(name) || name === 'x-forwarded-proto', {
        trustsClaims: true,
        hsts: false,
      }),
    )
    expect(Object.fromEntries(trusting.transport.map(({ id, ok }) => [id, ok]))).toMatchObject({
      plaintext: false,
      hsts: false,
      'tls-1.1': true,
    })
    const redirecting = await examine(await deploy(rfc9440({ from }), careful, { redirect: true }))
    expect(Object.fromEntries(redirecting.transport.map(({ id, ok }) => [id, ok]))).toMatchObject({
      redirect: false,
      plaintext: true,
    })
  })

  it('refuses to examine what is not guarded', async () => {
    const port = await listen(
      createServer({ cert: server.chainPem, key: server.privateKeyPem }, (_req, res) => void res.end('hello')),
    )
    await expect(
      runDoctor({ url: new URL(`https://localhost:${port}/`), ca: authority.certificate.pem, connectTo: '127.0.0.1' }),
    ).rejects.toThrow(/not a URL that Countersign guards/)
  })
})

describe('countersign doctor', () => {
  it('says what gets through and prints the lines that mend it, ends with 1', async () => {
    const { url, plain } = await deploy(forwarded('nginx', { from }), careless)
    let out = ''
    const args = [
      'doctor',
      '--url',
      url.href,
      '--plain',
      plain.href,
      '--connect-to',
      '127.0.0.1',
      '--proxy',
      'nginx',
      '--timeout',
      '5',
    ]
    const io = {
      out: (text: string) => {
        out += text
      },
      err: () => undefined,
    }
    const folder = mkdtempSync(join(tmpdir(), 'countersign-doctor-'))
    writeFileSync(join(folder, 'ca.pem'), authority.certificate.pem)
    expect(await runCommandLine([...args, '--ca', join(folder, 'ca.pem')], io)).toBe(1)
    rmSync(folder, { recursive: true })
    expect(out).toMatch(/FAIL {2}X-SSL-Client-Cert: GETS THROUGH AND IS BELIEVED/)
    expect(out).toContain('underscores_in_headers off;')
    expect(out).toContain('proxy_set_header X-SSL-Client-Cert "";')
  })

  it.each([
    ['no URL', []],
    ['a URL over plaintext', ['--url', 'http://localhost/']],
    ['no URL at all', ['--url', 'localhost']],
    ['a CA file that is not there', ['--url', 'https://localhost/', '--ca', '/nowhere.pem']],
    ['no time', ['--url', 'https://localhost/', '--timeout', '0']],
    ['nobody there', ['--url', 'https://127.0.0.1:1/', '--timeout', '1']],
  ])('ends with 2 for %s', async (_, args) => {
    const io = { out: () => undefined, err: () => undefined }
    expect(await runCommandLine(['doctor', ...args], io)).toBe(2)
  })
})
