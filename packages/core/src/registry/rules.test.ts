import { createAuthority } from '@countersign/testing'
import { describe, expect, it } from 'vitest'
import { parseCertificate } from '../x509/certificate.ts'
import type { CertificateNames } from './certificate-names.ts'
import { certificateNames } from './certificate-names.ts'
import type { CertificateRule, CertificateRuleKind } from './records.ts'
import { denialFor, ruleFor } from './rule-for.ts'
import { checkRules, meetsRule } from './rules.ts'

const AT = new Date('2030-06-01T00:00:00Z')

const NAMES: CertificateNames = {
  subject: '3000',
  issuer: '3001',
  serialNumber: '01',
  dns: ['a.example'],
  uri: ['spiffe://example/a'],
  ip: ['192.0.2.1'],
  email: ['a@example.com'],
  publicKey: 'aa'.repeat(32),
  certificate: 'bb'.repeat(32),
  anchor: 'partners',
  onlyAnchor: false,
}

describe('meetsRule', () => {
  const rules: CertificateRule[] = [
    { kind: 'subject-dn', value: '3000', anchor: 'partners' },
    { kind: 'san-dns', value: 'a.example', anchor: 'partners' },
    { kind: 'san-uri', value: 'spiffe://example/a', anchor: 'partners' },
    { kind: 'san-ip', value: '192.0.2.1', anchor: 'partners' },
    { kind: 'san-email', value: 'a@example.com', anchor: 'partners' },
    { kind: 'public-key', value: 'aa'.repeat(32) },
    { kind: 'certificate', value: 'bb'.repeat(32) },
  ]

  it.each(rules.map((rule) => [rule.kind, rule] as const))('compares a %s exactly', (_, rule) => {
    expect(meetsRule(rule, NAMES, AT)).toBe(true)
    expect(
      meetsRule(
        { ...rule, value: rule.value.toUpperCase() === rule.value ? `${rule.value}0` : rule.value.toUpperCase() },
        NAMES,
        AT,
      ),
    ).toBe(false)
    expect(meetsRule({ ...rule, value: rule.value.slice(0, -1) }, NAMES, AT)).toBe(false)
    expect(meetsRule({ ...rule, anchor: 'others' }, NAMES, AT)).toBe(false)
  })

  it('believes a name without an anchor only where one anchor alone is trusted', () => {
    for (const { anchor: _, ...rule } of rules) {
      const digest = rule.kind === 'public-key' || rule.kind === 'certificate'
      expect(meetsRule(rule, NAMES, AT), rule.kind).toBe(digest)
      expect(meetsRule(rule, { ...NAMES, onlyAnchor: true }, AT), rule.kind).toBe(true)
    }
  })

  it('lets a wildcard meet nothing, even a rule that somebody wrote with one', () => {
    const rule = { kind: 'san-dns', value: '*.example', anchor: 'partners' } as const
    expect(meetsRule(rule, { ...NAMES, dns: ['*.example'] }, AT)).toBe(false)
    expect(meetsRule({ ...rule, value: 'a.example' }, { ...NAMES, dns: ['*.example'] }, AT)).toBe(false)
  })

  it('refuses a rule whose dates are no dates, and one of an unknown kind', () => {
    const rule = rules[5] as CertificateRule
    expect(meetsRule({ ...rule, notBefore: 'soon' }, NAMES, AT)).toBe(false)
    expect(meetsRule({ ...rule, notAfter: 'never' }, NAMES, AT)).toBe(false)
    expect(meetsRule({ ...rule, kind: 'cn' as CertificateRuleKind }, NAMES, AT)).toBe(false)
  })
})

describe('checkRules', () => {
  it('brings values into the form in which they are compared', () => {
    expect(
      checkRules([
        { kind: 'public-key', value: Array.from({ length: 32 }, () => 'AB').join(':') },
        { kind: 'san-ip', value: '2001:0DB8:0:0:0:0:0:1' },
        { kind: 'subject-dn', value: '300D' },
        { kind: 'san-dns', value: 'A.example', notAfter: '2030-01-01T02:00:00+02:00' },
      ]),
    ).toEqual([
      { kind: 'public-key', value: 'ab'.repeat(32) },
      { kind: 'san-ip', value: '2001:db8::1' },
      { kind: 'subject-dn', value: '300d' },
      { kind: 'san-dns', value: 'A.example', notAfter: '2030-01-01T00:00:00.000Z' },
    ])
  })

  it.each([
    ['no list', {}, /^rules: a list/],
    ['no object', ['x'], /rules\[0\]: \{ kind/],
    ['an unknown kind', [{ kind: 'cn', value: 'x' }], /rules\[0\]\.kind: one of subject-dn/],
    ['a kind of Object.prototype', [{ kind: 'constructor', value: 'x' }], /kind/],
    ['two kinds', [{ kind: ['san-dns', 'san-uri'], value: 'x' }], /kind/],
    ['no value', [{ kind: 'san-dns' }], /value: text/],
    ['an endless value', [{ kind: 'san-uri', value: `urn:${'x'.repeat(5000)}` }], /value: text/],
    ['a wildcard', [{ kind: 'san-dns', value: '*.example' }], /without a wildcard/],
    ['a name that is not ASCII', [{ kind: 'san-dns', value: 'bücher.example' }], /xn--/],
    ['a URI without a scheme', [{ kind: 'san-uri', value: '/a' }], /scheme/],
    ['a range of addresses', [{ kind: 'san-ip', value: '10.0.0.0/8' }], /no range/],
    ['an address that can be read in two ways', [{ kind: 'san-ip', value: '010.0.0.1' }], /address/],
    ['two @', [{ kind: 'san-email', value: 'a@b@c' }], /one @/],
    ['SHA-1', [{ kind: 'certificate', value: 'ab'.repeat(20) }], /SHA-256 of the certificate/],
    ['a label before the digest', [{ kind: 'public-key', value: `SHA256:${'ab'.repeat(32)}` }], /64 hex digits/],
    ['an empty anchor', [{ kind: 'san-dns', value: 'a', anchor: '' }], /anchor/],
    ['a day without a time', [{ kind: 'san-dns', value: 'a', notAfter: '2030-01-01' }], /notAfter: an instant/],
    [
      'a time without a zone',
      [{ kind: 'san-dns', value: 'a', notBefore: '2030-01-01T00:00:00' }],
      /notBefore: an instant/,
    ],
    ['a member that there is not', [{ kind: 'san-dns', value: 'a', notafter: 'x' }], /no member notafter/],
    ['too many', Array.from({ length: 257 }, () => ({ kind: 'san-dns', value: 'a' })), /more than 256/],
  ])('refuses %s, and says where', (_, rules, message) => {
    expect(() => checkRules(rules)).toThrow(TypeError)
    expect(() => checkRules(rules)).toThrow(message)
  })
})

describe('ruleFor and denialFor', () => {
  it('read off a certificate what it meets and what denies it', async () => {
    const root = await createAuthority()
    const issued = await root.issueClient({
      spiffe: 'spiffe://example/a',
      dns: ['a.example'],
      email: ['a@example.com'],
      ip: ['2001:db8::1'],
    })
    const certificate = parseCertificate(issued.certificate.der)
    const digest = async (kind: 'public-key' | 'certificate') => (await ruleFor(certificate, kind)).value
    const context = {
      certificate: await digest('certificate'),
      publicKey: await digest('public-key'),
      anchor: 'partners',
      onlyAnchor: false,
    }
    const names = certificateNames(certificate, context)
    expect(names).toMatchObject({
      dns: ['a.example'],
      uri: ['spiffe://example/a'],
      email: ['a@example.com'],
      ip: ['2001:db8::1'],
    })
    for (const kind of [
      'subject-dn',
      'san-dns',
      'san-uri',
      'san-ip',
      'san-email',
      'public-key',
      'certificate',
    ] as const) {
      const rule = await ruleFor(certificate, kind, 'partners')
      expect(checkRules([rule])).toEqual([rule])
      expect(meetsRule(rule, names, AT), kind).toBe(true)
      const other = parseCertificate((await root.issueClient({ name: 'Other', dns: ['b.example'] })).certificate.der)
      expect(
        meetsRule(rule, certificateNames(other, { ...context, certificate: 'cc', publicKey: 'dd' }), AT),
        kind,
      ).toBe(false)
    }
    expect(await denialFor(certificate, 'public-key')).toEqual({ publicKey: context.publicKey })
    expect(await denialFor(certificate, 'serial')).toEqual({ issuer: names.issuer, serialNumber: names.serialNumber })
  })

  it('say what to choose where a certificate has no such name, or several, or a wildcard', async () => {
    const root = await createAuthority()
    const certificate = parseCertificate(
      (await root.issueClient({ name: '', dns: ['a.example', 'b.example'], uri: [] })).certificate.der,
    )
    await expect(ruleFor(certificate, 'san-dns')).rejects.toThrow(/2 names of kind dns/)
    await expect(ruleFor(certificate, 'san-email')).rejects.toThrow(/no name of kind email/)
    await expect(ruleFor(certificate, 'subject-dn')).rejects.toThrow(/no subject/)
    const wildcard = parseCertificate((await root.issueClient({ dns: ['*.example'] })).certificate.der)
    await expect(ruleFor(wildcard, 'san-dns')).rejects.toThrow(/wildcard/)
  })
})
