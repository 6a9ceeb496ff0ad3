/** Certificates, bundles and paths under hostile hands. @module */
import { X509Certificate } from 'node:crypto'
import fc from 'fast-check'
import { parseDnsName } from '../../packages/core/src/path/dns-name.ts'
import { parseMailbox } from '../../packages/core/src/path/mailbox.ts'
import { parseUriHost } from '../../packages/core/src/path/uri-host.ts'
import { formatIpAddress, parseIpAddress } from '../../packages/core/src/x509/ip-address.ts'
import {
  type Certificate,
  CertificateError,
  type PathRules,
  parseCertificate,
  parseCertificates,
  verifyPath,
} from '../../packages/core/src/x509.ts'
import { mutate, mutations } from './mutation.ts'
import { ACCEPTED, CERTIFICATES, tryParse, VECTORS } from './seeds.ts'
import { type FuzzTarget, must, target } from './target.ts'

const certificate = fc.nat(CERTIFICATES.length - 1).map((index) => CERTIFICATES[index] as Uint8Array)
const accepted = fc.nat(ACCEPTED.length - 1).map((index) => ACCEPTED[index] as (typeof ACCEPTED)[number])

/** Random octets, and seeds that were changed. */
const octets = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 8, arbitrary: fc.tuple(certificate, mutations).map(([seed, changes]) => mutate(seed, changes)) },
)

export const PATH_TARGETS: readonly FuzzTarget[] = [
  target('a certificate parses or says why not', octets, (input) => {
    const parsed = tryParse(input)
    if (parsed !== undefined) readAll(parsed, input)
  }),

  target(
    'a bundle parses whole or says why not',
    fc.tuple(certificate, mutations, mutations),
    ([seed, inside, outside]) => {
      const pem = `-----BEGIN CERTIFICATE-----\n${Buffer.from(mutate(seed, inside)).toString('base64')}\n-----END CERTIFICATE-----\n`
      const text = Buffer.from(mutate(Buffer.from(pem + pem), outside)).toString('latin1')
      try {
        parseCertificates(text)
      } catch (error) {
        must(error instanceof CertificateError, `not a documented error: ${error}`)
      }
    },
  ),

  target(
    'no changed certificate is accepted',
    fc.tuple(accepted, mutations, fc.nat(10)),
    async ([chain, changes, which]) => {
      const sent = [chain.leaf, ...chain.intermediates]
      const index = which % sent.length
      const changed = sent.map((each, place) => (place === index ? mutate(each, changes) : each))
      const [leaf, ...intermediates] = changed.map(tryParse)
      const anchors = chain.anchors.map((each) => parseCertificate(each))
      if (leaf === undefined) return
      const result = await verifyPath({
        leaf,
        intermediates: intermediates.filter(isDefined),
        anchors,
        at: chain.at,
        ...chain.options,
      })
      if (!result.ok) return
      for (const each of result.path.certificates)
        must(
          sent.some((original) => Buffer.from(original).includes(Buffer.from(each.tbs))),
          'a certificate that nobody signed was accepted',
        )
    },
  ),

  target(
    'any certificates in any roles end in a verdict',
    roles(),
    async ({ leaf, intermediates, anchors, at, rules }) => {
      const parsed = [leaf, ...intermediates, ...anchors].map(tryParse)
      const end = parsed[0]
      const between = parsed.slice(1, 1 + intermediates.length).filter(isDefined)
      const trusted = parsed.slice(1 + intermediates.length).filter(isDefined)
      if (end === undefined || trusted.length === 0) return
      const result = await verifyPath({ leaf: end, intermediates: between, anchors: trusted, at, ...rules })
      if (result.ok) agreeWithOpenSsl([...result.path.certificates, result.path.anchor.certificate as Certificate])
      else
        must(typeof result.reason.code === 'string' && result.reason.clause !== '', 'a reason without code or clause')
    },
  ),

  target(
    'names are read or not',
    fc.oneof(fc.string(), fc.webUrl(), fc.domain(), fc.emailAddress(), fc.ipV4(), fc.ipV6()),
    (text) => {
      const dns = parseDnsName(text)
      if (dns !== undefined)
        must(parseDnsName(dns.host)?.host === dns.host, 'a host name that changes when it is read again')
      parseMailbox(text)
      parseUriHost(text)
      const address = parseIpAddress(text)
      if (address === undefined) return
      const again = parseIpAddress(formatIpAddress(address))
      must(Buffer.from(address).equals(Buffer.from(again ?? [])), 'an address that changes when it is written and read')
    },
  ),
]

/** Certificates of one case each, or of many; some changed. */
function roles(): fc.Arbitrary<{
  leaf: Uint8Array
  intermediates: Uint8Array[]
  anchors: Uint8Array[]
  at: Date
  rules: PathRules
}> {
  const names = fc.nat(VECTORS.cases.length - 1).map((index) => VECTORS.cases[index] as (typeof VECTORS.cases)[number])
  const related = names.chain(({ leaf, intermediates, anchors }) => {
    const pool = [leaf, ...intermediates, ...anchors.filter((each) => typeof each === 'string')]
    return fc
      .constantFrom(...pool)
      .map((name) => Uint8Array.from(Buffer.from(VECTORS.certificates[name] ?? '', 'base64')))
  })
  const any = fc.oneof({ weight: 6, arbitrary: related }, { weight: 1, arbitrary: octets })
  return fc.record({
    leaf: any,
    intermediates: fc.array(any, { maxLength: 12 }),
    anchors: fc.array(any, { minLength: 1, maxLength: 4 }),
    at: fc.date({ min: new Date('2029-01-01'), max: new Date('2032-01-01'), noInvalidDate: true }),
    rules: fc.record({
      usage: fc.constantFrom('client', 'server', 'any'),
      extendedKeyUsage: fc.record({
        absent: fc.constantFrom('accept', 'refuse'),
        any: fc.constantFrom('accept', 'refuse'),
      }),
      expiredAnchors: fc.constantFrom('accept', 'refuse'),
      maxIntermediates: fc.nat(6),
      policies: fc.record({ requireExplicit: fc.boolean(), inhibitAny: fc.boolean(), inhibitMapping: fc.boolean() }),
      budget: fc.record({ work: fc.nat(200), depth: fc.nat(12) }),
    }) as fc.Arbitrary<PathRules>,
  })
}

/** Every getter answers, and what was parsed is what was given. */
function readAll(parsed: Certificate, input: Uint8Array): void {
  must(Buffer.from(parsed.der).equals(Buffer.from(input)), 'parsed octets differ from those given')
  for (let type: object = Object.getPrototypeOf(parsed); type !== Object.prototype; type = Object.getPrototypeOf(type))
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(type)))
      if (get !== undefined) must(name !== '' && Reflect.get(parsed, name) !== null, `${name} is null`)
  for (const name of [parsed.subject, parsed.issuer]) {
    must(name.rdns.length === name.folded.length, 'relative names were lost in folding')
    must(name.equals(name) && String(name).length <= 256, 'a name that is not itself, or too long a text')
  }
}

/** What is accepted here OpenSSL must hold for issued and signed as well. */
function agreeWithOpenSsl(chain: readonly Certificate[]): void {
  for (const [index, { der }] of chain.entries()) {
    const issuer = chain[index + 1]
    // A leaf that is the anchor vouches for itself.
    if (issuer === undefined || Buffer.from(issuer.der).equals(Buffer.from(der))) continue
    must(new X509Certificate(der).verify(new X509Certificate(issuer.der).publicKey), 'OpenSSL finds no valid signature')
  }
}

function isDefined<T>(value: T | undefined): value is T {
  return value !== undefined
}
