import { type Authority, createAuthority, type IssuedCertificate } from '@countersign/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { primitives } from '#primitives'
import type { VerifiedPath } from '../path/verified-path.ts'
import { verifyPath } from '../path/verify-path.ts'
import { DEFAULT_ALGORITHMS } from '../x509/algorithm-policy.ts'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import { parseCrl } from './crl.ts'
import { CrlJudge } from './crl-judge.ts'
import { CrlSet } from './crl-set.ts'
import { createRevocationChecker } from './revocation-checker.ts'
import type { RevocationOption } from './revocation-policy.ts'
import type { RevocationHost, RevocationNotice, RevocationProvider } from './revocation-provider.ts'

const NOW = new Date('2031-05-06T07:08:09Z')

let root: Authority
let intermediate: Authority
let leaf: IssuedCertificate
let path: VerifiedPath
let anchor: Certificate

beforeAll(async () => {
  root = await createAuthority({ clock: () => NOW })
  intermediate = await root.issueAuthority()
  leaf = await intermediate.issueClient()
  anchor = parseCertificate(root.certificate.der)
  path = await verified(leaf, [intermediate])
})

describe('createRevocationChecker', () => {
  it('accepts a path of which every certificate is good', async () => {
    const checker = check([crls(await intermediate.crl()), crls(await root.crl())])
    expect(checker.check(path, NOW)).toBeUndefined()
  })

  it('names the certificate that is revoked, with date, reason and provider', async () => {
    const revokedAt = new Date('2031-05-01T00:00:00Z')
    const list = await intermediate.crl({
      revoked: [{ serialNumber: leaf.serialNumber, at: revokedAt, reason: 'keyCompromise' }],
    })
    const checker = check([crls(await root.crl(), list)])
    expect(checker.check(path, NOW)).toMatchObject({
      code: 'certificate-revoked',
      index: 0,
      provider: 'test',
      revokedAt,
      revocationReason: 'keyCompromise',
      subject: String(path.leaf.subject),
    })
  })

  it.each<[string, RevocationProvider['status']]>([
    [
      'throws',
      () => {
        throw new RangeError('password=hunter2')
      },
    ],
    ['rejects', () => Promise.reject(new RangeError('password=hunter2'))],
  ])('takes a provider that %s for one that knows nothing, and repeats no word of its error', async (_, status) => {
    const notices: RevocationNotice[] = []
    const checker = check({ name: 'broken', status }, notices)
    expect(await checker.check(path, NOW)).toMatchObject({ code: 'revocation-unavailable', cause: 'provider-failed' })
    expect(notices).toContainEqual({ type: 'degraded', source: 'broken', cause: 'RangeError' })
    expect(JSON.stringify(notices)).not.toContain('hunter2')
  })
})

function check(option: RevocationOption, notices: RevocationNotice[] = []) {
  return createRevocationChecker(option, host(notices))
}

function host(notices: RevocationNotice[]): RevocationHost {
  return {
    notify: (notice) => notices.push(notice),
    changed: () => {},
    issuers: () => [anchor],
    algorithms: DEFAULT_ALGORITHMS,
    primitives,
    clock: () => NOW,
  }
}

function crls(...lists: readonly { readonly der: Uint8Array }[]): RevocationProvider {
  const judge = new CrlJudge({ by: 'test' })
  judge.replace(new CrlSet(lists.map(({ der }) => parseCrl(der))))
  return { name: 'test', status: (subject, query) => judge.status(subject, query) }
}

async function verified(of: IssuedCertificate, chain: readonly IssuedCertificate[]): Promise<VerifiedPath> {
  const result = await verifyPath({
    leaf: parseCertificate(of.certificate.der),
    intermediates: chain.map(({ certificate }) => parseCertificate(certificate.der)),
    anchors: [anchor],
    at: NOW,
  })
  if (!result.ok) throw new Error(result.reason.code)
  return result.path
}
