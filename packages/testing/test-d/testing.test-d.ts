import {
  type Authority,
  createAuthority,
  createOcspResponse,
  type Encoded,
  type IssuedCertificate,
  type MALFORMATIONS,
  malformCertificate,
} from '@countersign/testing'
import { describe, expectTypeOf, it } from 'vitest'

describe('@countersign/testing', () => {
  it('gives the powers of a CA to authorities alone', () => {
    expectTypeOf<ReturnType<typeof createAuthority>>().resolves.toEqualTypeOf<Authority>()
    expectTypeOf<Authority['issueAuthority']>().returns.resolves.toEqualTypeOf<Authority>()
    expectTypeOf<Authority['issueClient']>().returns.resolves.toEqualTypeOf<IssuedCertificate>()
    expectTypeOf<Authority>().toExtend<IssuedCertificate>()
    expectTypeOf<IssuedCertificate>().not.toHaveProperty('issueClient')
    expectTypeOf<Authority['crl']>().returns.resolves.toEqualTypeOf<Encoded>()
  })

  it('knows its options by name', () => {
    createAuthority({ name: 'CA', algorithm: 'Ed25519', pathLength: 0 })
    // @ts-expect-error misspelt
    createAuthority({ nmae: 'CA' })
    // @ts-expect-error no such algorithm
    createAuthority({ algorithm: 'DSA' })
    // @ts-expect-error a leaf has no path length
    createAuthority().then((root) => root.issueClient({ pathLength: 0 }))
    createAuthority().then((root) => root.issueClient({ extendedKeyUsage: 'none', keyUsage: ['digitalSignature'] }))
    // @ts-expect-error a response is about someone
    createAuthority().then((root) => createOcspResponse(root, {}))
  })

  it('offers its keys to whatever speaks WebCrypto', () => {
    createAuthority().then(({ keys }) => crypto.subtle.exportKey('jwk', keys.privateKey))
  })

  it('takes malformations from its catalogue alone', () => {
    expectTypeOf<(typeof MALFORMATIONS)[number]>().toEqualTypeOf<Parameters<typeof malformCertificate>[1]>()
    // @ts-expect-error not in the catalogue
    createAuthority().then((root) => malformCertificate(root, 'misspelt'))
  })
})
