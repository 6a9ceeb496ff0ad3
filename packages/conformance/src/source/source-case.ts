/** A source case as data, and what it is given. @module */
import type { Authenticator, Decision, Exchange, Peer } from '@countersign/core'
import { createAuthenticator } from '@countersign/core'
import { memoryRegistry } from '@countersign/core/registry'
import type { CertificateSource, TrustedHop } from '@countersign/core/sources'
import type { IssuedCertificate } from '@countersign/testing'
import { assertEqual, assertTrue } from '../case/assert.ts'
import type { Level } from '../case/case.ts'
import type { HeaderList } from '../world/answer.ts'
import type { Pki } from '../world/pki.ts'
import type { SourceFeature, SourceSubject } from './source-subject.ts'

export interface SourceCase {
  /** Never changes its meaning; a case that means something else gets a new id. */
  readonly id: string
  /** What is so if the case passes, as a sentence. */
  readonly title: string
  readonly level: Level
  readonly source: string
  readonly needs: readonly SourceFeature[]
  /** @throws ConformanceFailure */
  run(context: SourceContext): Promise<void>
}

/** Where the hop stands, in all cases. */
export const HOP: TrustedHop = '10.0.0.0/8'

export const HOP_PEER: Extract<Peer, { kind: 'tcp' }> = {
  kind: 'tcp',
  address: '10.1.2.3',
  encrypted: false,
  certificates: [],
}

export interface SourceContext {
  readonly subject: SourceSubject
  readonly pki: Pki
  /** The fields for acme's certificate. */
  readonly fields: HeaderList
  /** The name of the field that carries the leaf, and its value for acme's certificate. */
  readonly carrier: HeaderList[number]
  /** A source that believes `HOP`. */
  readonly source: CertificateSource
  exchange(headers: HeaderList, peer?: Peer): Exchange
  /** What an authenticator with this source says: certificates alone are asked for. */
  judge(headers: HeaderList, peer?: Peer): Promise<Decision>
  /** @throws ConformanceFailure */
  expectAccepted(decision: Decision, certificate: IssuedCertificate): void
  /** By the code of the reason, or by the status of the answer. @throws ConformanceFailure */
  expectRefused(decision: Decision, ...expected: readonly (string | number)[]): void
}

export function missingFeatures(each: SourceCase, subject: SourceSubject): readonly string[] {
  return each.needs.filter((need) => !subject.features.includes(need))
}

/** @throws ConformanceFailure; whatever a defect of the subject throws */
export async function runSourceCase(each: SourceCase, subject: SourceSubject, pki: Pki): Promise<void> {
  const source = subject.source([HOP])
  const authenticator = await authenticatorFor(source, pki)
  try {
    await each.run(contextOf(subject, source, authenticator, pki))
  } finally {
    authenticator.close()
  }
}

async function authenticatorFor(source: CertificateSource, { ca, acme, globex }: Pki): Promise<Authenticator> {
  const registry = memoryRegistry()
  for (const [id, { publicKeyHash: value }] of Object.entries({ acme, globex })) {
    await registry.createPartner({ id, rules: [{ kind: 'public-key', value }] })
  }
  return createAuthenticator({
    require: 'certificate',
    certificate: { anchors: ca.certificate.pem, revocation: 'unchecked', source },
    key: { registry },
  })
}

function contextOf(
  subject: SourceSubject,
  source: CertificateSource,
  authenticator: Authenticator,
  pki: Pki,
): SourceContext {
  const fields = subject.present(pki.acme)
  const [carrier] = fields
  assertTrue(carrier !== undefined, 'a proxy that forwards a certificate sends a field')
  const exchange = (headers: HeaderList, peer: Peer = HOP_PEER): Exchange => ({
    method: 'GET',
    target: '/',
    peer,
    headers: {
      all: (name) => headers.flatMap(([each, value]) => (each.toLowerCase() === name ? value : [])),
    },
  })
  return {
    subject,
    pki,
    fields,
    carrier,
    source,
    exchange,
    judge: async (headers, peer) => authenticator.authenticate(exchange(headers, peer)),
    expectAccepted(decision, { fingerprint }) {
      const shown = decision.ok ? decision.principal.certificate?.fingerprint : decision.reason.code
      assertEqual(shown, fingerprint, 'the certificate that was forwarded is the one that is judged')
    },
    expectRefused(decision, ...expected) {
      const found = decision.ok ? ['accepted'] : [decision.reason.code, decision.problem.status]
      assertTrue(
        found.some((each) => expected.includes(each)),
        `it is refused: ${expected.join(' or ')}`,
        found,
      )
    },
  }
}
