import { createAuthority, type IssuedCertificate } from '@countersign/testing'
import { describe, expect, it } from 'vitest'
import { primitives } from '#primitives'
import type { VerifiedPath } from '../path/verified-path.ts'
import type { RevocationReason } from '../revocation/revocation-reason.ts'
import { type CertificateVerdict, createCertificateVerifier } from './certificate-verifier.ts'
import { createTrust } from './trust.ts'

const UNKNOWN: RevocationReason = {
  code: 'revocation-unavailable',
  index: 0,
  subject: 'acme',
  issuer: 'Issuing',
  serialNumber: '01',
  provider: 'test',
  cause: 'no-source',
}
const REVOKED: RevocationReason = {
  ...UNKNOWN,
  code: 'certificate-revoked',
  revokedAt: new Date(0),
  revocationReason: 'keyCompromise',
}

describe('createCertificateVerifier', () => {
  /** An issuing CA under two roots: two paths for each of its clients. */
  async function setUp() {
    const [one, two] = [await createAuthority({ name: 'One' }), await createAuthority({ name: 'Two' })]
    const issuing = await one.issueAuthority({ name: 'Issuing' })
    const crossed = await two.issueAuthority({ name: 'Issuing', keys: issuing.keys })
    const client = await issuing.issueClient({ name: 'acme' })
    const anchors = [one, two].map(({ certificate }, at) => ({ label: `${at}`, certificates: certificate.pem }))
    const trust = createTrust(anchors, [issuing.certificate.pem, crossed.certificate.pem], 1)
    const state = { at: Date.now(), signatures: 0, asked: [] as VerifiedPath[] }
    /** By anchor. */
    const words: Record<string, RevocationReason | undefined> = { 0: undefined, 1: undefined }
    const verifier = createCertificateVerifier(
      { anchors: '', revocation: 'unchecked' },
      3600,
      () => trust,
      {
        check(path) {
          state.asked.push(path)
          return words[path.anchor.label as string]
        },
        health: () => ({ checked: false, ready: true, providers: [], coverage: [] }),
        close: () => {},
      },
      {
        ...primitives,
        verifySignature(check) {
          state.signatures++
          return primitives.verifySignature(check)
        },
      },
    )

    async function verify({ certificate }: IssuedCertificate = client) {
      state.signatures = 0
      state.asked = []
      const presented = { kind: 'certificate', leaf: certificate.der, chain: [] } as const
      const { reason, proof }: CertificateVerdict = await verifier.verify(presented, new Date(state.at))
      return { word: reason?.code ?? 'accepted', anchor: proof?.path.anchor.label, ...state }
    }

    return { verify, words, state, client }
  }

  it('computes no signature again while revocation is unknown, and asks it about every path each time', async () => {
    const { verify, words, state } = await setUp()
    Object.assign(words, { 0: UNKNOWN, 1: UNKNOWN })
    const first = await verify()
    expect(first).toMatchObject({ word: 'revocation-unavailable' })
    expect(first.signatures).toBeGreaterThan(0)
    expect(first.asked).toHaveLength(2)
    for (let times = 0; times < 3; times++) {
      state.at += 1_000
      expect(await verify()).toMatchObject({ word: 'revocation-unavailable', signatures: 0, asked: first.asked })
    }
  })

  it('computes none for a path that was accepted before, beyond the first time', async () => {
    const { verify, words } = await setUp()
    expect(await verify()).toMatchObject({ word: 'accepted' })
    Object.assign(words, { 0: UNKNOWN, 1: UNKNOWN })
    expect(await verify()).toMatchObject({ word: 'revocation-unavailable' })
    expect(await verify()).toMatchObject({ word: 'revocation-unavailable', signatures: 0 })
  })

  it('accepts by the path of which something good is known first', async () => {
    const { verify, words } = await setUp()
    for (const known of ['0', '1']) {
      Object.assign(words, { 0: UNKNOWN, 1: UNKNOWN })
      await verify()
      words[known] = undefined
      expect(await verify()).toMatchObject({ word: 'accepted', anchor: known, signatures: 0 })
    }
  })

  it('lets no other path bring back what is revoked', async () => {
    const { verify, words } = await setUp()
    Object.assign(words, { 0: UNKNOWN, 1: UNKNOWN })
    const { asked } = await verify()
    words[asked[0]?.anchor.label as string] = REVOKED
    words[asked[1]?.anchor.label as string] = undefined
    expect(await verify()).toMatchObject({ word: 'certificate-revoked', signatures: 0, asked: [asked[0]] })
  })

  it('searches again after ten seconds, for there may be other paths by then', async () => {
    const { verify, words, state } = await setUp()
    Object.assign(words, { 0: UNKNOWN, 1: UNKNOWN })
    await verify()
    state.at += 10_000
    expect((await verify()).signatures).toBeGreaterThan(0)
  })

  it('judges the dates of a path that it is in doubt about', async () => {
    const { verify, words, state, client } = await setUp()
    Object.assign(words, { 0: UNKNOWN, 1: UNKNOWN })
    state.at = client.notAfter.getTime()
    expect(await verify()).toMatchObject({ word: 'revocation-unavailable' })
    state.at += 1_000
    expect(await verify()).toMatchObject({ word: 'certificate-expired' })
  })
})
