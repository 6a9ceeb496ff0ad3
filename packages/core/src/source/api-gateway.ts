/** The certificate that AWS API Gateway was shown, from the event that it invokes a Lambda function with. @module */
import type { Exchange } from '../exchange/exchange.ts'
import { BoundedMap } from '../primitives/bounded-map.ts'
import { parseArmoured } from './armoured-certificates.ts'
import type { CertificateSource, PresentedCertificate } from './certificate-source.ts'
import { memberOf } from './platform-object.ts'
import type { SourceReason } from './source-reason.ts'

/** Some 3 KiB each. */
const DECODED_CAPACITY = 1_000

/** REST and WebSocket APIs (payload 1.0), and HTTP APIs (payload 2.0). */
const PLACES = [
  ['event', 'requestContext', 'identity', 'clientCert'],
  ['event', 'requestContext', 'authentication', 'clientCert'],
] as const

/**
 * Reads the certificate in a Lambda function behind an API Gateway whose custom domain asks for one, by way of Hono's Lambda
 * adapter. Disable the default `execute-api` endpoint: there nobody is asked for a certificate. The gateway checks no revocation.
 *
 * @example
 * app.use(countersign({ certificate: { anchors, revocation, source: apiGateway() }, key: { registry } }))
 * export const handler = handle(app)
 */
export function apiGateway(): CertificateSource {
  const decoded = new BoundedMap<string, PresentedCertificate>(DECODED_CAPACITY)
  return {
    name: 'aws-api-gateway',
    secure: isApiGateway,
    read({ platform }) {
      const found = PLACES.flatMap((place) => {
        const clientCert = memberOf(platform, ...place)
        return clientCert === undefined || clientCert === null ? [] : [clientCert]
      })
      if (found.length === 0) return undefined
      if (found.length > 1) return { code: 'source-conflict', sources: ['identity', 'authentication'] }
      return decode(memberOf(found[0], 'clientCertPem'), decoded)
    },
  }
}

/** API Gateway has no plaintext endpoint. Events of other services, a load balancer's for one, name no API. */
function isApiGateway({ platform }: Exchange): boolean | undefined {
  if (memberOf(platform, 'event', 'requestContext') === undefined) return undefined
  const api = memberOf(platform, 'event', 'requestContext', 'apiId')
  const balancer = memberOf(platform, 'event', 'requestContext', 'elb')
  return typeof api === 'string' && api !== '' && balancer === undefined
}

function decode(pem: unknown, decoded: BoundedMap<string, PresentedCertificate>): PresentedCertificate | SourceReason {
  const header = 'requestContext.clientCertPem'
  if (typeof pem !== 'string' || pem === '') return { code: 'certificate-withheld', header, cause: 'not text' }
  const known = decoded.get(pem)
  if (known !== undefined) return known
  const certificates = parseArmoured(pem, '\r\n', 1)
  if (typeof certificates === 'string') return { code: 'header-undecodable', header, cause: certificates }
  const presented: PresentedCertificate = { kind: 'certificate', leaf: certificates[0], chain: [] }
  decoded.set(pem, presented)
  return presented
}
