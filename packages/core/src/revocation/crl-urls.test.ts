import { type Authority, createAuthority, type IssuedCertificate } from '@countersign/testing'
import { HttpResponse, http } from 'msw'
import { setupServer } from 'msw/node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { verifyPath } from '../path/verify-path.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { checkRevocation } from './check-revocation.ts'
import { crlUrls } from './crl-urls.ts'

const URL_OF_LIST = 'http://crl.example/ca.crl'

const server = setupServer()
let ca: Authority
let client: IssuedCertificate

beforeAll(async () => {
  server.listen()
  ca = await createAuthority()
  client = await ca.issueClient()
})
afterEach(() => server.resetHandlers())
afterAll(() => server.close())

describe('crlUrls on the runtime’s own fetch', () => {
  it('fetches a list when it is first asked, without an authenticator', async () => {
    const { der } = await ca.crl({ revoked: [client] })
    server.use(http.get(URL_OF_LIST, () => HttpResponse.arrayBuffer(new Uint8Array(der).buffer)))
    expect(await judge()).toMatchObject({ code: 'certificate-revoked', provider: 'crlUrls' })
  })

  it('follows nobody elsewhere', async () => {
    const { der } = await ca.crl()
    server.use(
      http.get(
        URL_OF_LIST,
        () => new HttpResponse(null, { status: 302, headers: { location: 'http://other.example/' } }),
      ),
      http.get('http://other.example/', () => HttpResponse.arrayBuffer(new Uint8Array(der).buffer)),
    )
    expect(await judge()).toMatchObject({ code: 'revocation-unavailable', cause: 'source-failed' })
  })
})

async function judge() {
  const provider = crlUrls([URL_OF_LIST])
  const at = new Date()
  const result = await verifyPath({
    leaf: parseCertificate(client.certificate.der),
    anchors: [parseCertificate(ca.certificate.der)],
    at,
    accept: (path) => checkRevocation(path, { providers: [provider], at }),
  })
  provider.close?.()
  return result.ok ? undefined : result.reason
}
