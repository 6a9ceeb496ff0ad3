/** A folder as an operator keeps it, and a client that plays the partner or the proxy in front. @module */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request as requestPlain } from 'node:http'
import { connect } from 'node:http2'
import { request as requestTls } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Prepared, preparePartner } from '../examples/partner-files/prepare-partner.ts'
import { createSelfSigned, forwardAs, type IssuedCertificate } from '../packages/testing/src/index.ts'

export interface Deployment {
  readonly folder: string
  readonly partner: Prepared
  readonly stranger: IssuedCertificate
  /** The CA of the server's certificate, PEM. */
  readonly ca: string
  remove(): void
}

export interface Answer {
  readonly status: number
  readonly body: { readonly partner?: string; readonly code?: string }
}

export async function prepareDeployment(): Promise<Deployment> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-runtime-'))
  const partner = (await preparePartner(folder)) as Prepared
  return {
    folder,
    partner,
    stranger: await createSelfSigned({ name: 'Acme orders', spiffe: 'spiffe://acme.example/orders' }),
    ca: readFileSync(join(folder, 'anchors/partners.pem'), 'utf8'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

export function authorization(key: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${key}` }
}

export function forwardedFields(client: IssuedCertificate): Readonly<Record<string, string>> {
  return { 'client-cert': forwardAs('rfc9440', client, { chain: 'none' })['Client-Cert'] as string }
}

/** @param target the request target as it is sent, where it is not the URL's path */
export function call(
  url: string,
  headers: Readonly<Record<string, string>>,
  tls: { readonly ca?: string; readonly client?: IssuedCertificate | undefined } = {},
  target: string = new URL(url).pathname,
): Promise<Answer> {
  const send = url.startsWith('https:') ? requestTls : requestPlain
  const own = tls.client === undefined ? {} : tls.client.tls
  return new Promise((resolve, reject) => {
    send(
      url,
      { headers, path: target, agent: false, ...(tls.ca === undefined ? {} : { ca: tls.ca }), ...own },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text += chunk
        })
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text || '{}') }))
      },
    )
      .once('error', reject)
      .end()
  })
}

export function callHttp2(
  url: string,
  headers: Readonly<Record<string, string>>,
  { ca, client }: { readonly ca: string; readonly client?: IssuedCertificate | undefined },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const session = connect(url, { ca, ...(client?.tls ?? {}) })
    session.once('error', reject)
    const stream = session.request({ ':path': new URL(url).pathname, ...headers })
    let status = 0
    let text = ''
    stream.on('response', (fields) => {
      status = Number(fields[':status'])
    })
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      text += chunk
    })
    stream.once('error', reject)
    stream.once('end', () => {
      session.destroy()
      resolve({ status, body: JSON.parse(text || '{}') })
    })
  })
}
