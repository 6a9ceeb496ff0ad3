import { type Authority, createAuthority, type IssuedCertificate } from '@countersign/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { parseCertificate } from '../x509/certificate.ts'
import { crlSignersBeside } from './crl-signers.ts'
import { createTrustAnchor } from './trust-anchor.ts'

const parse = ({ certificate }: IssuedCertificate) => parseCertificate(certificate.der)

let root: Authority
let middle: Authority
let leaf: IssuedCertificate

beforeAll(async () => {
  root = await createAuthority({ name: 'Root' })
  middle = await root.issueAuthority({ name: 'Middle' })
  leaf = await middle.issueClient()
})

describe('crlSignersBeside', () => {
  const beside = (intermediates: readonly IssuedCertificate[]) =>
    crlSignersBeside([parse(leaf), parse(middle)], createTrustAnchor(parse(root)), intermediates.map(parse)).map(
      ({ serialNumberHex }) => serialNumberHex,
    )
  const serials = (certificates: readonly IssuedCertificate[]) =>
    certificates.map((each) => parse(each).serialNumberHex)

  it('are keys of the CAs of a path that stand beside it, and may sign lists', async () => {
    const forLists = await root.issueClient({ name: 'Middle', keyUsage: ['cRLSign'], extendedKeyUsage: 'none' })
    const forOther = await root.issueClient({ name: 'Middle', keyUsage: ['digitalSignature'] })
    const stranger = await root.issueClient({ name: 'Other', keyUsage: ['cRLSign'], extendedKeyUsage: 'none' })
    expect(beside([middle, forOther, stranger])).toEqual([])
    expect(beside([middle, forLists, stranger])).toEqual(serials([forLists]))
  })

  it('come with what leads from them up to the anchor', async () => {
    const above = await root.issueAuthority({ name: 'Above' })
    const signer = await above.issueClient({ name: 'Middle', keyUsage: ['cRLSign'], extendedKeyUsage: 'none' })
    const unrelated = await root.issueAuthority({ name: 'Unrelated' })
    expect(beside([unrelated, above, middle, signer])).toEqual(serials([signer, above]))
  })

  it('are few, however many are sent', async () => {
    const signer = await root.issueClient({ name: 'Middle', keyUsage: ['cRLSign'], extendedKeyUsage: 'none' })
    expect(beside(Array.from({ length: 40 }, () => signer))).toHaveLength(16)
  })
})
