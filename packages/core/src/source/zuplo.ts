/** The certificate that Zuplo's edge was shown, from `context.incomingRequestProperties`. @module */
import { BoundedMap } from '../primitives/bounded-map.ts'
import { decodeByteSequences } from './byte-sequence.ts'
import type { CertificateSource, PresentedCertificate } from './certificate-source.ts'
import { memberOf, textOf } from './platform-object.ts'

/** Some 2 KiB each. */
const DECODED_CAPACITY = 1_000

/**
 * Reads the certificate in a Zuplo handler whose exchange has the context as `platform`. The edge's own verification must
 * have succeeded, in addition to ours.
 *
 * @example
 * const decision = await authenticator.authenticate({ method, target, headers, peer: { kind: 'unknown' }, platform: context })
 */
export function zuplo(): CertificateSource {
  const decoded = new BoundedMap<string, PresentedCertificate>(DECODED_CAPACITY)
  return {
    name: 'zuplo',
    // The edge answers over TLS alone.
    secure: ({ platform, target }) =>
      memberOf(platform, 'incomingRequestProperties') === undefined ? undefined : !target.startsWith('http:'),
    read({ platform }) {
      const text = textOf(platform, 'incomingRequestProperties', 'clientCert')
      const status = textOf(platform, 'incomingRequestProperties', 'clientMtlsVerificationStatus')
      const header = 'incomingRequestProperties.clientCert'
      if (text === undefined || text === '') {
        const nobody = status === undefined || status === '' || status === 'NONE'
        return nobody ? undefined : { code: 'certificate-withheld', header, cause: 'presented, and not handed over' }
      }
      if (status !== 'SUCCESS') return { code: 'certificate-refused-upstream', header }
      const known = decoded.get(text)
      if (known !== undefined) return known
      const certificates = decodeByteSequences(text, 1)
      if (typeof certificates === 'string') return { code: 'header-undecodable', header, cause: certificates }
      const presented: PresentedCertificate = { kind: 'certificate', leaf: certificates[0], chain: [] }
      decoded.set(text, presented)
      return presented
    },
  }
}
