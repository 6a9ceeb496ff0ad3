/** The signature of a CRL: checked once for each list and key, and remembered with the list. @module */
import { primitives as native, verifyLarge } from '#primitives'
import { type Flow, type MaybePromise, runFlow } from '../primitives/flow.ts'
import type { Primitives } from '../primitives/primitives.ts'
import type { AlgorithmPolicy } from '../x509/algorithm-policy.ts'
import { checkSignature, type SignatureFault } from '../x509/verify-signature.ts'
import type { Crl } from './crl.ts'
import type { RevocationUnknownCause } from './revocation-status.ts'

export interface SignatureRules {
  readonly algorithms: AlgorithmPolicy
  readonly primitives: Primitives
}

/** Hashed in about a millisecond; what is larger is not hashed between two requests. */
const LARGE_OCTETS = 1_048_576

export function checkCrlSignature(
  crl: Crl,
  publicKey: Uint8Array,
  { algorithms, primitives }: SignatureRules,
): MaybePromise<RevocationUnknownCause | undefined> {
  return crl.signatures.find(publicKey, algorithms, () => {
    const { tbs: data, signature, signatureAlgorithm } = crl
    // One check for each list and key is a bound in itself.
    const context = {
      algorithms,
      primitives: data.length > LARGE_OCTETS && primitives === native ? unhurried() : primitives,
      spend: () => true,
    }
    return runFlow(causeOf(checkSignature({ data, signature, signatureAlgorithm }, publicKey, context)))
  })
}

function unhurried(): Primitives {
  return verifyLarge === undefined ? native : { ...native, verifySignature: verifyLarge }
}

function* causeOf(check: Flow<SignatureFault | undefined>): Flow<RevocationUnknownCause | undefined> {
  const fault = yield* check
  if (fault === undefined) return undefined
  // A key of another kind did not make this signature either.
  return fault.code === 'signature-invalid' || fault.code === 'algorithm-mismatch' ? 'crl-signature' : 'algorithm'
}
