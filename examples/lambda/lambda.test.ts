import { createAuthority, createSelfSigned, type IssuedCertificate } from '@countersign/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { createHandler, registry } from './handler.ts'

type Handler = ReturnType<typeof createHandler>
type Event = Parameters<Handler>[0]

let handler: Handler
let acme: IssuedCertificate
let rogue: IssuedCertificate
let key: string

beforeAll(async () => {
  const authority = await createAuthority({ name: 'Partners' })
  acme = await authority.issueClient({ name: 'acme', spiffe: 'spiffe://acme.example/orders' })
  rogue = await createSelfSigned({ name: 'acme', spiffe: 'spiffe://acme.example/orders' })
  await registry.createPartner({
    id: 'acme',
    rules: [{ kind: 'san-uri', value: 'spiffe://acme.example/orders' }],
    scopes: ['orders:read'],
  })
  key = (await registry.issueKey({ partnerId: 'acme' })).key
  handler = createHandler(authority.certificate.pem)
})

/** As API Gateway invokes a function, with what matters here. */
const EVENTS: Readonly<Record<string, (clientCertPem: unknown, headers: Record<string, string>) => unknown>> = {
  'a REST API': (clientCertPem, headers) => ({
    version: '1.0',
    resource: '/{proxy+}',
    path: '/orders',
    httpMethod: 'GET',
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    isBase64Encoded: false,
    body: null,
    requestContext: {
      apiId: 'a1b2c3',
      identity: { clientCert: clientCertPem === undefined ? null : { clientCertPem, subjectDN: 'CN=acme' } },
    },
  }),
  'an HTTP API': (clientCertPem, headers) => ({
    version: '2.0',
    rawPath: '/orders',
    rawQueryString: '',
    headers,
    isBase64Encoded: false,
    requestContext: {
      apiId: 'a1b2c3',
      domainName: 'api.example',
      http: { method: 'GET', path: '/orders' },
      ...(clientCertPem === undefined ? {} : { authentication: { clientCert: { clientCertPem } } }),
    },
  }),
}

describe.each(Object.keys(EVENTS))('examples/lambda behind %s', (kind) => {
  const ask = async (clientCertPem: unknown, fields: Record<string, string> = { authorization: `Bearer ${key}` }) => {
    const event = EVENTS[kind]?.(clientCertPem, { host: 'api.example', ...fields }) as Event
    const { statusCode, body } = (await handler(event)) as { statusCode: number; body: string }
    return { status: statusCode, body: JSON.parse(body) as { partner?: string; code?: string } }
  }

  it('lets a partner in', async () => {
    expect(await ask(acme.certificate.pem)).toEqual({ status: 200, body: { partner: 'acme' } })
  })

  it.each<[string, () => unknown, string, Record<string, string>?]>([
    ['no certificate', () => undefined, 'credentials-missing'],
    ['a certificate that nobody vouches for', () => rogue.certificate.pem, 'credentials-invalid'],
    ['an object for text', () => ({ toString: acme.certificate.pem }), 'credentials-invalid'],
    ['a certificate without a key', () => acme.certificate.pem, 'credentials-missing', {}],
  ])('refuses %s', async (_, pem, code, fields) => {
    const { status, body } = await ask(pem(), ...(fields === undefined ? [] : [fields]))
    expect([status, body.code]).toEqual([401, code])
  })

  it('refuses a field that pretends to carry a certificate', async () => {
    const der = acme.certificate.der
    const spoof = { 'client-cert': `:${Buffer.from(der).toString('base64')}:`, authorization: `Bearer ${key}` }
    const { status, body } = await ask(undefined, spoof)
    expect([status, body.code]).toEqual([400, 'credentials-malformed'])
  })
})

describe('examples/lambda behind something else', () => {
  it('refuses an event that no API Gateway made: nobody vouches for TLS', async () => {
    const event = {
      ...(EVENTS['an HTTP API']?.(acme.certificate.pem, { host: 'x' }) as object),
      requestContext: { elb: {} },
    }
    const { statusCode } = (await handler(event as unknown as Event)) as { statusCode: number }
    expect(statusCode).toBe(403)
  })
})
