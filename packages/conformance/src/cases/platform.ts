/** What a platform hands over beside a request, where no socket tells who is there. @module */
import { apiGateway, cloudflareWorkers } from '@countersign/core/sources'
import { forwardAs, type IssuedCertificate } from '@countersign/testing'
import type { Case } from '../case/case.ts'
import type { Service, ServiceOptions } from '../world/service.ts'

type Platform = Parameters<Service['fetch']>[2]

type RefusalCode =
  | 'certificate-refused-upstream'
  | 'certificate-withheld'
  | 'certificate-missing'
  | 'transport-insecure'

export const platformCases: readonly Case[] = [
  accepted('cloudflare', 'Cloudflare verified', cloudflareWorkers, (acme) => ({ cf: cloudflare(acme) })),
  refused(
    'cloudflare-revoked',
    'that Cloudflare verified and knows to be revoked',
    cloudflareWorkers,
    (acme) => ({ cf: cloudflare(acme, { certRevoked: '1' }) }),
    'certificate-refused-upstream',
  ),
  refused(
    'cloudflare-unverified',
    'that Cloudflare did not verify',
    cloudflareWorkers,
    (acme) => ({ cf: cloudflare(acme, { certVerified: 'FAILED:self signed certificate' }) }),
    'certificate-refused-upstream',
  ),
  refused(
    'cloudflare-withheld',
    'that was too large for Cloudflare to hand over',
    cloudflareWorkers,
    (acme) => ({ cf: cloudflare(acme, { certRFC9440: '' }) }),
    'certificate-withheld',
  ),
  refused('cloudflare-elsewhere', 'of which no platform tells', cloudflareWorkers, () => ({}), 'transport-insecure'),
  accepted('api-gateway', 'API Gateway was shown', apiGateway, (acme) => gateway(acme.certificate.pem)),
  refused(
    'api-gateway-object',
    'that is an object where text belongs',
    apiGateway,
    (acme) => gateway({ pem: acme.certificate.pem }),
    'certificate-withheld',
  ),
  refused(
    'api-gateway-list',
    'that is a list where text belongs',
    apiGateway,
    (acme) => gateway([acme.certificate.pem]),
    'certificate-withheld',
  ),
]

type Source = () => NonNullable<NonNullable<ServiceOptions['certificate']>['source']>

function accepted(name: string, what: string, source: Source, hand: (acme: IssuedCertificate) => Platform): Case {
  return {
    id: `platform/${name}`,
    title: `a certificate that ${what} is let in`,
    level: 'MUST',
    source: 'docs/concepts.md#exchange-and-peer',
    needs: ['https', 'platform'],
    async run({ serve, pki }) {
      const service = await serve({ certificate: { source: source() } })
      const answer = await service.fetch('/whoami', [service.keyField(service.keys.acme.key)], hand(pki.acme))
      service.expectAccepted(answer, { partner: 'acme', fingerprint: pki.acme.fingerprint })
    },
  }
}

function refused(
  name: string,
  what: string,
  source: Source,
  hand: (acme: IssuedCertificate) => Platform,
  reason: RefusalCode,
): Case {
  return {
    id: `platform/${name}`,
    title: `a certificate ${what} is refused`,
    level: 'MUST',
    source:
      'docs/conformance-coverage.md#header-fields (H42, H43), docs/conformance-coverage.md#faults-of-other-packages (Q12)',
    needs: ['https', 'platform'],
    async run({ serve, pki }) {
      const service = await serve({ certificate: { source: source() } })
      const answer = await service.fetch('/whoami', [service.keyField(service.keys.acme.key)], hand(pki.acme))
      service.expectRefused(answer, reason)
    },
  }
}

/** `request.cf` as Workers have it. */
function cloudflare(client: IssuedCertificate, changed: object = {}): object {
  const certRFC9440 = forwardAs('rfc9440', client, { chain: 'none' })['Client-Cert']
  const tlsClientAuth = { certPresented: '1', certVerified: 'SUCCESS', certRevoked: '0', certRFC9440, ...changed }
  return { tlsVersion: 'TLSv1.3', tlsClientAuth }
}

/** The event of an HTTP API, as Lambda is invoked with it. */
function gateway(clientCertPem: unknown): Platform {
  return { event: { requestContext: { apiId: 'a1b2c3', authentication: { clientCert: { clientCertPem } } } } }
}
