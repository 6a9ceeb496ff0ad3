import {
  type Authority,
  type CertificateOptions,
  type CrlOptions,
  createAuthority,
  createCrl,
  createLargeCrl,
  type Encoded,
  type IssuedCertificate,
} from '@countersign/testing'
import { integer } from '@countersign/testing/der'
import { beforeAll, describe, expect, it } from 'vitest'
import { primitives } from '#primitives'
import { verifyPath } from '../path/verify-path.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { certificateStatus, checkRevocation, type GivenAnswers } from './check-revocation.ts'
import type { RevocationStatus } from './revocation-status.ts'

const NOW = new Date('2031-05-06T07:08:09Z')
const DAY = 86_400_000
const URL_OF_LIST = 'http://crl.example/ca.crl'

let ca: Authority
let client: IssuedCertificate

beforeAll(async () => {
  ca = await createAuthority({ clock: () => NOW })
  client = await ca.issueClient()
})

describe('crlStatus', () => {
  it('is good if a list that counts does not name the certificate, and holds until the list ends', async () => {
    const nextUpdate = after(DAY)
    expect(await status([await ca.crl({ nextUpdate, revoked: ['7f'] })])).toEqual({
      status: 'good',
      by: 'given',
      until: nextUpdate,
    })
  })

  it('is revoked if it does', async () => {
    const revoked = [{ serialNumber: client.serialNumber, at: after(-DAY), reason: 'certificateHold' as const }]
    expect(await status([await ca.crl({ revoked })])).toEqual({
      status: 'revoked',
      by: 'given',
      at: after(-DAY),
      reason: 'certificateHold',
    })
  })

  it('knows nothing without a list of the issuer', async () => {
    const other = await createAuthority({ name: 'Other', clock: () => NOW })
    expect(await status([])).toMatchObject({ status: 'unknown', cause: 'no-source' })
    expect(await status([await other.crl({ revoked: [client.serialNumber] })])).toMatchObject({ cause: 'no-source' })
  })

  describe('dates', () => {
    it('counts from thisUpdate to nextUpdate, both included', async () => {
      const list = await ca.crl({ thisUpdate: after(-DAY), nextUpdate: after(DAY) })
      expect(await status([list], { at: after(-DAY) })).toMatchObject({ status: 'good' })
      expect(await status([list], { at: after(DAY) })).toMatchObject({ status: 'good' })
      expect(await status([list], { at: after(-DAY - 1) })).toMatchObject({ cause: 'crl-not-yet-valid' })
      expect(await status([list], { at: after(DAY + 1) })).toMatchObject({ cause: 'crl-expired' })
    })

    it('counts on for as long as the policy gives grace', async () => {
      const list = await ca.crl({ nextUpdate: after(DAY) })
      expect(await status([list], { at: after(DAY + 10_000), graceSeconds: 10 })).toMatchObject({ status: 'good' })
      expect(await status([list], { at: after(DAY + 10_001), graceSeconds: 10 })).toMatchObject({
        cause: 'crl-expired',
      })
    })

    it('goes on naming what was revoked when it has ended: only a newer list takes that back', async () => {
      const list = await ca.crl({ nextUpdate: after(DAY), revoked: [client] })
      expect(await status([list], { at: after(2 * DAY) })).toMatchObject({ status: 'revoked' })
      const newer = await ca.crl({ thisUpdate: after(DAY), nextUpdate: after(3 * DAY) })
      expect(await status([list, newer], { at: after(2 * DAY) })).toMatchObject({ status: 'good' })
    })

    it('does not count for ever without nextUpdate, but only for a maximum age', async () => {
      const list = await ca.crl({ nextUpdate: 'absent' })
      expect(await status([list])).toMatchObject({ cause: 'crl-without-next-update' })
      expect(await status([list], { maxAgeSeconds: 60, at: after(60_000) })).toMatchObject({ status: 'good' })
      expect(await status([list], { maxAgeSeconds: 60, at: after(60_001) })).toMatchObject({ cause: 'crl-expired' })
      expect(await status([await ca.crl({ nextUpdate: 'absent', revoked: [client] })])).toMatchObject({
        status: 'revoked',
      })
    })

    it('ends earlier than its nextUpdate where the maximum age says so', async () => {
      const list = await ca.crl({ thisUpdate: after(-2 * DAY), nextUpdate: after(DAY) })
      expect(await status([list], { maxAgeSeconds: 86_400 })).toMatchObject({ cause: 'crl-expired' })
    })
  })

  describe('of several lists', () => {
    it('takes the newest by number, then by date, never by order', async () => {
      const older = await ca.crl({ number: 1, revoked: [client] })
      const newer = await ca.crl({ number: 2 })
      for (const lists of [
        [older, newer],
        [newer, older],
      ])
        expect(await status(lists)).toMatchObject({ status: 'good' })
      const before = await ca.crl({ number: 'absent', thisUpdate: after(-DAY) })
      const since = await ca.crl({ number: 'absent', thisUpdate: after(-1000), revoked: [client] })
      for (const lists of [
        [before, since],
        [since, before],
      ])
        expect(await status(lists)).toMatchObject({ status: 'revoked' })
    })

    it('takes no unsigned one for the newest', async () => {
      const good = await ca.crl({ number: 5, revoked: [client] })
      const forged = await ca.crl({ number: 6, signature: 'broken' })
      expect(await status([forged, good])).toMatchObject({ status: 'revoked' })
      expect(await status([forged])).toMatchObject({ status: 'unknown', cause: 'crl-signature' })
    })

    it('takes the one that is in force until the next one is', async () => {
      const now = await ca.crl({ nextUpdate: after(2 * DAY) })
      const next = await ca.crl({ thisUpdate: after(DAY), revoked: [client] })
      expect(await status([now, next])).toEqual({ status: 'good', by: 'given', until: after(DAY) })
      expect(await status([now, next], { at: after(DAY) })).toMatchObject({ status: 'revoked' })
    })

    it('passes over one that does not parse, and says so where nothing else was about the certificate', async () => {
      const broken = (await ca.crl()).der.slice(0, 50)
      expect(await status([], { crls: [broken, (await ca.crl()).der] })).toMatchObject({ status: 'good' })
      expect(await status([], { crls: [broken] })).toMatchObject({ status: 'unknown', cause: 'crl-malformed' })
    })
  })

  describe('signers', () => {
    it('takes no list of another key of the same name', async () => {
      const twin = await createAuthority({ clock: () => NOW })
      expect(await status([await twin.crl()])).toMatchObject({ status: 'unknown', cause: 'crl-authority-key' })
      expect(await status([await twin.crl({ authorityKeyIdentifier: 'absent' })])).toMatchObject({
        cause: 'crl-signature',
      })
    })

    it('takes none of a CA that may not sign lists', async () => {
      const other = await createAuthority({ clock: () => NOW, keyUsage: ['keyCertSign'] })
      const list = await other.crl()
      const leaf = await other.issueClient()
      expect(await certificateStatus(parse(leaf), parse(other), { crls: [list.der], at: NOW })).toMatchObject({
        cause: 'crl-signer',
      })
    })

    it('knows nothing of a certificate of another issuer', async () => {
      const other = await createAuthority({ name: 'Other', clock: () => NOW })
      expect(
        await certificateStatus(parse(client), parse(other), { crls: [(await other.crl()).der], at: NOW }),
      ).toMatchObject({
        cause: 'no-source',
      })
    })

    it('takes none of a separate key of which its CA says that it is revoked', async () => {
      const at = (url: string) => ({ issuingDistributionPoint: { urls: [url] } })
      const ownUrl = 'http://own.example/'
      const separate = await ca.issueClient({
        name: 'Authority',
        keyUsage: ['cRLSign'],
        extendedKeyUsage: 'none',
        crlDistributionPoints: [ownUrl],
      })
      const leaf = await ca.issueClient({ crlDistributionPoints: [URL_OF_LIST] })
      const list = await createCrl(separate, at(URL_OF_LIST))
      const good = await ca.crl(at(ownUrl))
      expect(await verdict(leaf, [ca], [list, good], [separate])).toBeUndefined()
      const revoking = await ca.crl({ ...at(ownUrl), revoked: [separate] })
      expect(await verdict(leaf, [ca], [list, revoking], [separate])).toMatchObject({
        code: 'revocation-unavailable',
        cause: 'crl-signer',
      })
    })

    it('verifies a long list with the primitives of the runtime, which have a slower way for it, and with others', async () => {
      const large = await createLargeCrl(ca, { entries: 40_000 })
      expect(large.der.length).toBeGreaterThan(1_048_576)
      for (const each of [primitives, { ...primitives }])
        expect(await status([], { crls: [large.der], primitives: each })).toMatchObject({ status: 'good' })
    })

    it('takes only algorithms that the policy names', async () => {
      const algorithms = { signatures: ['ed25519'] as const, rsaBits: { min: 2048, max: 8192 } }
      expect(await status([await ca.crl()], { algorithms })).toMatchObject({ cause: 'algorithm' })
    })

    it.each(['RSA-2048', 'P-384', 'P-521', 'Ed25519'] as const)('verifies lists signed with %s', async (algorithm) => {
      const other = await createAuthority({ algorithm, clock: () => NOW })
      const leaf = await other.issueClient()
      const given = { crls: [(await other.crl({ revoked: [leaf] })).der], at: NOW }
      expect(await certificateStatus(parse(leaf), parse(other), given)).toMatchObject({ status: 'revoked' })
    })

    it('takes a list of a separate key of the CA, verified up to the same anchor', async () => {
      const separate = await ca.issueClient({ name: 'Authority', keyUsage: ['cRLSign'], extendedKeyUsage: 'none' })
      const own = await ca.crl({ revoked: ['01'], thisUpdate: after(-DAY), nextUpdate: after(-1000) })
      const list = await createCrl(separate, { revoked: [client] })
      expect(await verdict(client, [ca], [list, own], [separate])).toMatchObject({ code: 'certificate-revoked' })
      expect(await verdict(client, [ca], [list, own], [])).toMatchObject({ code: 'revocation-unavailable' })
    })

    it('takes none of a separate key that is itself revoked', async () => {
      const separate = await ca.issueClient({ name: 'Authority', keyUsage: ['cRLSign'], extendedKeyUsage: 'none' })
      const list = await createCrl(separate, { number: 9 })
      const own = await ca.crl({ number: 1, revoked: [separate] })
      // The CA's own list counts.
      expect(await verdict(client, [ca], [list, own], [separate])).toBeUndefined()
      const ownRevokes = await ca.crl({ number: 1, revoked: [separate, client] })
      expect(await verdict(client, [ca], [list, ownRevokes], [separate])).toMatchObject({ code: 'certificate-revoked' })
    })
  })

  describe('extensions', () => {
    const raw = (critical: boolean) => ({ oid: '1.3.6.1.4.1.55555.7', critical, value: integer(1) })

    it('says nothing with a critical one that is not understood, even where it names the certificate', async () => {
      const list = await ca.crl({ revoked: [client], extensions: [raw(true)] })
      expect(await status([list])).toMatchObject({ status: 'unknown', cause: 'crl-critical-extension' })
      expect(await status([await ca.crl({ extensions: [raw(false)] })])).toMatchObject({ status: 'good' })
    })

    it('says nothing with a critical one on the entry of somebody else', async () => {
      const list = await ca.crl({ revoked: [{ serialNumber: '01', extensions: [raw(true)] }] })
      expect(await status([list])).toMatchObject({ cause: 'crl-critical-extension' })
      expect(
        await status([await ca.crl({ revoked: [{ serialNumber: '01', extensions: [raw(false)] }] })]),
      ).toMatchObject({ status: 'good' })
    })

    it('takes a v1 list, which has none', async () => {
      expect(await status([await ca.crl({ version: 1 })])).toMatchObject({ status: 'good' })
      expect(await status([await ca.crl({ version: 1, revoked: [client] })])).toMatchObject({ status: 'revoked' })
    })
  })

  describe('scopes', () => {
    const scoped = (issuingDistributionPoint: CrlOptions['issuingDistributionPoint'], options: CrlOptions = {}) =>
      ca.crl({ ...options, ...(issuingDistributionPoint === undefined ? {} : { issuingDistributionPoint }) })
    const leafAt = (crlDistributionPoints: CertificateOptions['crlDistributionPoints']) =>
      ca.issueClient(crlDistributionPoints === undefined ? {} : { crlDistributionPoints })

    it('counts for a certificate that names the same distribution point, wherever in the lists', async () => {
      const list = await scoped({ urls: ['http://b.example/', URL_OF_LIST] })
      expect(await status([list], {}, await leafAt([URL_OF_LIST]))).toMatchObject({ status: 'good' })
      expect(
        await status([list], {}, await leafAt([{ urls: ['http://c.example/', 'http://b.example/'] }])),
      ).toMatchObject({ status: 'good' })
      expect(await status([list], {}, await leafAt(['http://c.example/', URL_OF_LIST]))).toMatchObject({
        status: 'good',
      })
      expect(await status([list], {}, await leafAt(['http://c.example/']))).toMatchObject({ cause: 'crl-scope' })
      expect(await status([list])).toMatchObject({ cause: 'crl-scope' })
    })

    it('counts for every certificate of the CA if it has no scope', async () => {
      expect(await status([await ca.crl()], {}, await leafAt([URL_OF_LIST]))).toMatchObject({ status: 'good' })
    })

    it('heeds a scope that its CA forgot to mark as critical', async () => {
      expect(await status([await scoped({ onlyCaCertificates: true, critical: false })])).toMatchObject({
        cause: 'crl-scope',
      })
    })

    it('separates users from CAs, and both from attributes', async () => {
      const intermediate = await ca.issueAuthority()
      const about = async (list: Encoded, of: IssuedCertificate) => (await status([list], {}, of)).status
      const [user, authority, attribute] = [
        await scoped({ onlyUserCertificates: true }),
        await scoped({ onlyCaCertificates: true }),
        await scoped({ onlyAttributeCertificates: true }),
      ]
      expect([await about(user, client), await about(user, intermediate)]).toEqual(['good', 'unknown'])
      expect([await about(authority, client), await about(authority, intermediate)]).toEqual(['unknown', 'good'])
      expect([await about(attribute, client), await about(attribute, intermediate)]).toEqual(['unknown', 'unknown'])
      expect((await status([user, authority], {}, intermediate)).status).toBe('good')
    })

    it('revokes nothing outside its scope', async () => {
      const list = await scoped({ onlyCaCertificates: true }, { revoked: [client] })
      expect(await status([list])).toMatchObject({ status: 'unknown', cause: 'crl-scope' })
    })

    it('is good only if lists for some reasons cover all of them together', async () => {
      const compromise = await scoped({ onlySomeReasons: ['keyCompromise', 'cACompromise', 'aACompromise'] })
      const rest = await scoped({
        onlySomeReasons: [
          'affiliationChanged',
          'superseded',
          'cessationOfOperation',
          'certificateHold',
          'privilegeWithdrawn',
        ],
      })
      expect(await status([compromise])).toMatchObject({ status: 'unknown', cause: 'crl-reasons' })
      expect(await status([compromise, rest])).toMatchObject({ status: 'good' })
      const revoking = await scoped({ onlySomeReasons: ['keyCompromise'] }, { revoked: [client] })
      expect(await status([revoking])).toMatchObject({ status: 'revoked' })
    })
  })

  describe('delta lists', () => {
    const base = (options: CrlOptions = {}) => ca.crl({ number: 10, ...options })
    const delta = (options: CrlOptions = {}) => ca.crl({ number: 12, deltaBase: 10, ...options })
    const held = () => [{ serialNumber: client.serialNumber, reason: 'certificateHold' as const }]
    const released = () => [{ serialNumber: client.serialNumber, reason: 'removeFromCRL' as const }]

    it('say nothing alone', async () => {
      expect(await status([await delta()])).toMatchObject({ status: 'unknown', cause: 'crl-delta' })
    })

    it('add to their base, and take away from it', async () => {
      expect(await status([await base(), await delta()])).toMatchObject({ status: 'good' })
      expect(await status([await base(), await delta({ revoked: [client] })])).toMatchObject({ status: 'revoked' })
      expect(await status([await base({ revoked: [client] }), await delta()])).toMatchObject({ status: 'revoked' })
      expect(await status([await base({ revoked: held() }), await delta({ revoked: released() })])).toMatchObject({
        status: 'good',
      })
    })

    it('take nothing away from a base that is older than the one they build on, or newer than they are', async () => {
      expect(
        await status([await base({ number: 9, revoked: held() }), await delta({ revoked: released() })]),
      ).toMatchObject({ status: 'revoked' })
      expect(
        await status([await base({ number: 12, revoked: held() }), await delta({ revoked: released() })]),
      ).toMatchObject({ status: 'revoked' })
      expect(
        await status([await base({ number: 'absent', revoked: held() }), await delta({ revoked: released() })]),
      ).toMatchObject({ status: 'revoked' })
    })

    it('take nothing away when they have ended, and go on naming what was revoked', async () => {
      const ended = { thisUpdate: after(-2 * DAY), nextUpdate: after(-DAY) }
      expect(
        await status([await base({ revoked: held() }), await delta({ ...ended, revoked: released() })]),
      ).toMatchObject({ status: 'revoked' })
      expect(await status([await base(), await delta({ ...ended, revoked: [client] })])).toMatchObject({
        status: 'revoked',
      })
      expect(await status([await base(), await delta(ended)])).toMatchObject({ status: 'good' })
    })

    it('do not belong to a base of another scope', async () => {
      const scoped = await delta({ revoked: released(), issuingDistributionPoint: { onlyUserCertificates: true } })
      expect(await status([await base({ revoked: held() }), scoped])).toMatchObject({ status: 'revoked' })
    })

    it('end what is said when they end', async () => {
      const lists = [await base({ nextUpdate: after(7 * DAY) }), await delta({ nextUpdate: after(DAY) })]
      expect(await status(lists)).toEqual({ status: 'good', by: 'given', until: after(DAY) })
    })
  })

  describe('indirect lists', () => {
    const withSigner = async () => {
      const signer = await ca.issueClient({ name: 'Signer', keyUsage: ['cRLSign'], extendedKeyUsage: 'none' })
      const crlIssuer = [{ kind: 'directory' as const, value: signer.subject }]
      return { signer, leaf: await ca.issueClient({ crlDistributionPoints: [{ crlIssuer }] }) }
    }

    it('speak for the CA whose certificates point to them', async () => {
      const { signer, leaf } = await withSigner()
      const about = (revoked: CrlOptions['revoked']) =>
        createCrl(signer, { issuingDistributionPoint: { indirect: true }, revoked: revoked ?? [] })
      // The signer's own status.
      const userScope = await ca.crl({ issuingDistributionPoint: { urls: ['http://signer.example/'] } })
      const signerAt = await ca.issueClient({
        name: 'Signer',
        keys: signer.keys,
        keyUsage: ['cRLSign'],
        extendedKeyUsage: 'none',
        crlDistributionPoints: ['http://signer.example/'],
      })
      const entry = { serialNumber: leaf.serialNumber, certificateIssuer: ca }
      const judge = async (revoked: CrlOptions['revoked']) =>
        verdict(leaf, [ca], [await about(revoked), userScope], [signerAt])
      expect(await judge([])).toBeUndefined()
      expect(await judge([entry])).toMatchObject({ code: 'certificate-revoked' })
      // Without certificateIssuer the entry is about a certificate of the signer's own.
      expect(await judge([leaf.serialNumber])).toBeUndefined()
      const other = await createAuthority({ name: 'Other', clock: () => NOW })
      expect(await judge([{ serialNumber: leaf.serialNumber, certificateIssuer: other }])).toBeUndefined()
      // It carries on to the entries behind it.
      expect(await judge([{ serialNumber: '01', certificateIssuer: ca }, leaf.serialNumber])).toMatchObject({
        code: 'certificate-revoked',
      })
    })

    it('say nothing of the certificates of another CA without being marked as indirect', async () => {
      const { signer, leaf } = await withSigner()
      // Nothing is wrong with the signer itself.
      const own = await ca.crl({ issuingDistributionPoint: { urls: ['http://signer.example/'] } })
      const signerAt = await ca.issueClient({
        name: 'Signer',
        keys: signer.keys,
        keyUsage: ['cRLSign'],
        extendedKeyUsage: 'none',
        crlDistributionPoints: ['http://signer.example/'],
      })
      const judge = async (options: CrlOptions) =>
        verdict(leaf, [ca], [await createCrl(signer, options), own], [signerAt])
      expect(await judge({ issuingDistributionPoint: { indirect: true } })).toBeUndefined()
      expect(await judge({})).toMatchObject({ code: 'revocation-unavailable', cause: 'crl-scope' })
    })

    it('of the CA itself say nothing where the distribution point names another signer', async () => {
      const { signer } = await withSigner()
      const crlIssuer = [{ kind: 'directory' as const, value: signer.subject }]
      const leaf = await ca.issueClient({ crlDistributionPoints: [{ urls: [URL_OF_LIST], crlIssuer }] })
      const list = await ca.crl({ issuingDistributionPoint: { urls: [URL_OF_LIST], indirect: true } })
      expect(await status([list], {}, leaf)).toMatchObject({ status: 'unknown', cause: 'crl-scope' })
    })

    it('in the name of another signer count only with its own key, not with that of the CA', async () => {
      const { signer, leaf } = await withSigner()
      const scoped = await ca.crl({ issuingDistributionPoint: { onlyCaCertificates: true } })
      const list = await createCrl(signer, {
        signedBy: ca,
        authorityKeyIdentifier: 'absent',
        issuingDistributionPoint: { indirect: true },
      })
      expect(await verdict(leaf, [ca], [list, scoped], [signer])).toMatchObject({
        code: 'revocation-unavailable',
        cause: 'crl-signature',
      })
    })

    it('say nothing without being marked as indirect, and nothing for certificates that do not point to them', async () => {
      const { signer, leaf } = await withSigner()
      const plain = await createCrl(signer, {})
      const indirect = await createCrl(signer, { issuingDistributionPoint: { indirect: true } })
      const scoped = await ca.crl({ issuingDistributionPoint: { onlyCaCertificates: true } })
      expect(await verdict(leaf, [ca], [plain, scoped], [signer])).toMatchObject({ code: 'revocation-unavailable' })
      expect(await verdict(client, [ca], [indirect, scoped], [signer])).toMatchObject({
        code: 'revocation-unavailable',
      })
    })
  })
})

function status(
  lists: readonly Encoded[],
  options: Partial<GivenAnswers> = {},
  of: IssuedCertificate = client,
): Promise<RevocationStatus> {
  const given = { crls: lists.map(({ der }) => der), at: NOW, ...options }
  return Promise.resolve(certificateStatus(parse(of), parse(ca), given))
}

/** The reason against a path, with what else was presented. */
async function verdict(
  leaf: IssuedCertificate,
  [anchor]: readonly [Authority],
  lists: readonly Encoded[],
  presented: readonly IssuedCertificate[],
) {
  const crls = lists.map(({ der }) => der)
  const result = await verifyPath({
    leaf: parse(leaf),
    intermediates: presented.map(parse),
    anchors: [parse(anchor)],
    at: NOW,
    accept: (path) => checkRevocation(path, { crls, at: NOW }),
  })
  return result.ok ? undefined : result.reason
}

function parse({ certificate }: IssuedCertificate) {
  return parseCertificate(certificate.der)
}

function after(milliseconds: number): Date {
  return new Date(NOW.getTime() + milliseconds)
}
