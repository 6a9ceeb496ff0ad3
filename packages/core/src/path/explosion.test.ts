/** Sets of certificates that are built to cost more than they are worth: each ends with a reason, and soon. */
import { type Authority, createAuthority, malformCertificate } from '@countersign/testing'
import * as der from '@countersign/testing/der'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Certificate, parseCertificate } from '../x509/certificate.ts'
import { CertificateError } from '../x509/certificate-error.ts'
import { type VerifyPathOptions, verifyPath } from './verify-path.ts'

const AT = new Date('2030-01-01T00:00:00Z')
const clock = (): Date => AT
const BARE = { omitExtensions: ['subjectKeyIdentifier', 'authorityKeyIdentifier'] } as const

/** The promise is 25 ms on an idle machine; tests run beside others. */
const PATIENCE_MILLISECONDS = 100

/** The best of three, of parsing and verifying together. */
function timed<T>(run: () => T): T {
  let best = Number.POSITIVE_INFINITY
  let result: T | undefined
  for (let round = 0; round < 3; round++) {
    const started = performance.now()
    result = run()
    best = Math.min(best, performance.now() - started)
  }
  expect(best).toBeLessThan(PATIENCE_MILLISECONDS)
  return result as T
}

function codeOf(options: VerifyPathOptions): string {
  const result = verifyPath(options)
  if (!('ok' in result)) throw new Error('a promise')
  return result.ok ? 'accepted' : result.reason.code
}

let anchor: Authority
let root: Certificate

beforeAll(async () => {
  anchor = await createAuthority({ name: 'Root', clock })
  root = parseCertificate(anchor.certificate.der)
})

describe('fifty CAs of one name', () => {
  const COUNT = 50
  let members: Authority[]

  /** Each of the members certified by the next `degree` ones. */
  async function mesh(name: string, degree: number): Promise<Uint8Array[]> {
    members = await Promise.all(Array.from({ length: COUNT }, () => createAuthority({ name, clock, ...BARE })))
    const edges: Promise<Authority>[] = []
    for (const [index, { keys }] of members.entries())
      for (let step = 1; step <= degree; step++)
        edges.push((members[(index + step) % COUNT] as Authority).issueAuthority({ name, keys, ...BARE }))
    return (await Promise.all(edges)).map(({ certificate }) => certificate.der)
  }

  it.each([
    ['that lead nowhere', 'Mesh', 'issuer-unknown'],
    ['named like the anchor', 'Root', 'budget-exhausted'],
  ])('%s', async (_, name, code) => {
    const edges = await mesh(name, 6)
    const leaf = (await (members[0] as Authority).issueClient({ name: 'Client', ...BARE })).certificate.der
    const run = (): string =>
      codeOf({
        leaf: parseCertificate(leaf),
        intermediates: edges.map((each) => parseCertificate(each)),
        anchors: [root],
        at: AT,
      })
    expect(timed(run)).toBe(code)
  })

  it('certified by the anchor, under a leaf that none of them issued', async () => {
    const all = await Promise.all(Array.from({ length: COUNT }, () => anchor.issueAuthority({ name: 'CA', ...BARE })))
    const stranger = await createAuthority({ name: 'CA', clock, ...BARE })
    const leaf = parseCertificate((await stranger.issueClient({ name: 'Client', ...BARE })).certificate.der)
    const intermediates = all.map(({ certificate }) => parseCertificate(certificate.der))
    expect(timed(() => codeOf({ leaf, intermediates, anchors: [root], at: AT }))).toBe('signature-invalid')
  })

  it('that are genuine, under a leaf that is revoked: every path is asked about, up to the budget', async () => {
    const exit = await anchor.issueAuthority({ name: 'CA', ...BARE })
    const copies = await Promise.all(
      Array.from({ length: 200 }, () => anchor.issueAuthority({ name: 'CA', keys: exit.keys, ...BARE })),
    )
    const leaf = parseCertificate((await exit.issueClient({ name: 'Client', ...BARE })).certificate.der)
    const intermediates = copies.map(({ certificate }) => parseCertificate(certificate.der))
    let asked = 0
    const accept = (): { code: string } => {
      asked++
      return { code: 'certificate-revoked' }
    }
    const result = verifyPath({ leaf, intermediates, anchors: [root], at: AT, accept })
    expect(result).toMatchObject({ ok: false, reason: { code: 'budget-exhausted' } })
    expect(asked).toBeLessThan(128)
  })
})

describe('names', () => {
  const hosts = (count: number, domain: string): string[] =>
    Array.from({ length: count }, (_, index) => `h${index}.${domain}`)

  it('against constraints, thousands of both', async () => {
    const excluded = hosts(2000, 'evil.example').map((value) => ({ kind: 'dns', value }) as const)
    const issuing = await anchor.issueAuthority({ name: 'CA', nameConstraints: { excluded } })
    const client = await issuing.issueClient({ name: 'Client', dns: hosts(2000, 'partner.example') })
    const run = (): string =>
      codeOf({
        leaf: parseCertificate(client.certificate.der),
        intermediates: [parseCertificate(issuing.certificate.der)],
        anchors: [root],
        at: AT,
      })
    expect(timed(run)).toBe('budget-exhausted')
  })

  it('against constraints, as many as the budget allows', async () => {
    const excluded = hosts(500, 'evil.example').map((value) => ({ kind: 'dns', value }) as const)
    const issuing = await anchor.issueAuthority({ name: 'CA', nameConstraints: { excluded } })
    const client = await issuing.issueClient({ name: 'Client', dns: hosts(500, 'partner.example') })
    const leaf = parseCertificate(client.certificate.der)
    const intermediates = [parseCertificate(issuing.certificate.der)]
    expect(timed(() => codeOf({ leaf, intermediates, anchors: [root], at: AT }))).toBe('accepted')
  })

  it('in a hundred thousand constraints', () => {
    const one = der.sequence(der.context(2, 'primitive', new TextEncoder().encode('a.example')))
    const list = der.context(
      0,
      'constructed',
      Uint8Array.from({ length: 100_000 * one.length }, (_, at) => one[at % one.length] ?? 0),
    )
    const constraints = der.sequence(der.objectIdentifier('2.5.29.30'), der.octetString(der.sequence(list)))
    expect(timed(() => parseCodeOf(constraints))).toBe('certificate-too-large')
  })
})

it('an extension of a megabyte', () => {
  const extension = der.sequence(der.objectIdentifier('1.2.3'), der.octetString(new Uint8Array(1_000_000)))
  expect(timed(() => parseCodeOf(extension))).toBe('certificate-too-large')
})

it('a modulus of 16,384 bits with an exponent of 64', async () => {
  const client = await malformCertificate(await anchor.issueClient({ name: 'Client' }), 'rsa-key-of-16384-bits')
  expect(timed(() => codeOf({ leaf: parseCertificate(client.certificate.der), anchors: [root], at: AT }))).toBe(
    'key-refused',
  )
})

it('a chain of a hundred', async () => {
  const chain: Authority[] = []
  for (let index = 0; index < 100; index++)
    chain.push(await (chain.at(-1) ?? anchor).issueAuthority({ name: `CA ${index}`, keys: anchor.keys }))
  const client = await (chain.at(-1) as Authority).issueClient({ name: 'Client' })
  const leaf = parseCertificate(client.certificate.der)
  const intermediates = chain.map(({ certificate }) => parseCertificate(certificate.der))
  expect(timed(() => codeOf({ leaf, intermediates, anchors: [root], at: AT }))).toBe('depth-exceeded')
})

/** The code with which a certificate with that extension, otherwise whatever it is, does not parse. */
function parseCodeOf(extension: Uint8Array): string {
  try {
    parseCertificate(der.sequence(extension))
  } catch (error) {
    if (error instanceof CertificateError) return error.code
    throw error
  }
  return 'parsed'
}
