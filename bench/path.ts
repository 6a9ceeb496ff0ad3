/**
 * What does verifying leaf → intermediate → root cost beside the signatures that it needs, and beside others?
 *
 * P-256, full policy, certificates parsed anew in every turn. *Raw* is the signatures alone, with keys already imported.
 * @module
 */
import { createPublicKey, verify, X509Certificate } from 'node:crypto'
import { type Primitives, parseCertificate, verifyPath } from '@countersign/core/x509'
import { createAuthority } from '@countersign/testing'
import { X509Certificate as PeculiarCertificate, X509ChainBuilder } from '@peculiar/x509'
import * as pkijs from 'pkijs'
import { createWebPrimitives } from '../packages/core/src/primitives/web.ts'
import { expectRatio, measure, printTimings, ratio } from './measure.ts'

const at = new Date()
const root = await createAuthority({ name: 'Root' })
const issuing = await root.issueAuthority({ name: 'Issuing CA' })
const partner = await issuing.issueClient({ name: 'Partner', spiffe: 'spiffe://partner.example/api' })
const leafDer = Buffer.from(partner.certificate.der)
const issuingDer = Buffer.from(issuing.certificate.der)
const rootDer = Buffer.from(root.certificate.der)

const leaf = parseCertificate(leafDer)
const intermediate = parseCertificate(issuingDer)
const anchor = parseCertificate(rootDer)
const keyOf = (spki: Uint8Array): ReturnType<typeof createPublicKey> =>
  createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })
const issuingKey = keyOf(intermediate.publicKey)
const rootKey = keyOf(anchor.publicKey)

function must(holds: boolean): void {
  if (!holds) throw new Error('a valid path was refused')
}

function rawTwice(): void {
  must(verify('sha256', leaf.tbs, issuingKey, leaf.signature))
  must(verify('sha256', intermediate.tbs, rootKey, intermediate.signature))
}

/** Every certificate from its octets; the issuers' keys are found by theirs. */
function anew(primitives?: Primitives): void | Promise<void> {
  const result = verifyPath({
    leaf: parseCertificate(leafDer),
    intermediates: [parseCertificate(issuingDer)],
    anchors: [parseCertificate(rootDer)],
    at,
    ...(primitives === undefined ? {} : { primitives }),
  })
  return 'ok' in result ? must(result.ok) : Promise.resolve(result).then(({ ok }) => must(ok))
}

/** The next partner under a CA whose certificate was verified before. */
function remembered(primitives?: Primitives): void | Promise<void> {
  const result = verifyPath({
    leaf: parseCertificate(leafDer),
    intermediates: [intermediate],
    anchors: [anchor],
    at,
    ...(primitives === undefined ? {} : { primitives }),
  })
  return 'ok' in result ? must(result.ok) : Promise.resolve(result).then(({ ok }) => must(ok))
}

/** What hand-written middleware does: no constraints, no usages, no unknown critical extensions. */
function nodeLoop(): void {
  const chain = [leafDer, issuingDer, rootDer].map((der) => new X509Certificate(der))
  for (const [index, certificate] of chain.entries()) {
    must(new Date(certificate.validFrom) <= at && at <= new Date(certificate.validTo))
    const issuer = chain[index + 1]
    if (issuer === undefined) continue
    must(issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))
  }
}

async function pkijsChain(): Promise<void> {
  const [end, middle, top] = [leafDer, issuingDer, rootDer].map((der) => pkijs.Certificate.fromBER(new Uint8Array(der)))
  if (end === undefined || middle === undefined || top === undefined) throw new Error('not parsed')
  const engine = new pkijs.CertificateChainValidationEngine({
    certs: [end, middle],
    trustedCerts: [top],
    checkDate: at,
  })
  must((await engine.verify()).result)
}

async function peculiarChain(): Promise<void> {
  const [end, ...others] = [leafDer, issuingDer, rootDer].map((der) => new PeculiarCertificate(new Uint8Array(der)))
  if (end === undefined) throw new Error('not parsed')
  const chain = await new X509ChainBuilder({ certificates: others }).build(end)
  must(chain.length === 3)
  for (const [index, certificate] of chain.entries()) {
    const issuer = chain[index + 1]
    if (issuer !== undefined) must(await certificate.verify({ publicKey: issuer.publicKey, date: at }))
  }
}

/** As a server is after its first minute: the runtime has optimised what it will. */
async function warmUp(...subjects: readonly (() => unknown)[]): Promise<void> {
  for (const run of subjects) for (let turn = 0; turn < 10_000; turn++) await run()
}

await warmUp(
  () => anew(),
  () => remembered(),
)
const native = await measure(
  [
    { name: 'raw, two signatures', run: rawTwice },
    { name: 'raw, one signature', run: () => must(verify('sha256', leaf.tbs, issuingKey, leaf.signature)) },
    { name: 'countersign', run: () => anew() },
    { name: 'countersign, intermediate remembered', run: () => remembered() },
    { name: 'X509Certificate in a loop', run: nodeLoop },
    { name: '@peculiar/x509, chain builder', run: peculiarChain },
    { name: 'pkijs, validation engine', run: pkijsChain },
  ],
  { rounds: 101, batchMilliseconds: 5 },
)
printTimings('leaf → intermediate → root, P-256, node:crypto', native, 'raw, two signatures')
expectRatio('countersign beside raw', ratio(native, 'countersign', 'raw, two signatures'), 1.3)
const rememberedRatio = ratio(native, 'countersign, intermediate remembered', 'raw, two signatures')
expectRatio('with the intermediate remembered, beside two raw signatures', rememberedRatio, 0.8)

const { subtle } = globalThis.crypto
const importKey = (spki: Uint8Array): ReturnType<typeof subtle.importKey> =>
  subtle.importKey('spki', new Uint8Array(spki), { name: 'ECDSA', namedCurve: 'P-256' }, false, ['verify'])
const webIssuingKey = await importKey(intermediate.publicKey)
const webRootKey = await importKey(anchor.publicKey)
const es256 = { name: 'ECDSA', hash: 'SHA-256' }
const web = createWebPrimitives()

async function rawWeb(): Promise<void> {
  must(await subtle.verify(es256, webIssuingKey, fixedWidth(leaf.signature), new Uint8Array(leaf.tbs)))
  must(await subtle.verify(es256, webRootKey, fixedWidth(intermediate.signature), new Uint8Array(intermediate.tbs)))
}

/** What the verifier does with them: the second is on its way while the first is awaited. */
async function rawWebTogether(): Promise<void> {
  const verdicts = await Promise.all([
    subtle.verify(es256, webRootKey, fixedWidth(intermediate.signature), new Uint8Array(intermediate.tbs)),
    subtle.verify(es256, webIssuingKey, fixedWidth(leaf.signature), new Uint8Array(leaf.tbs)),
  ])
  must(verdicts.every(Boolean))
}

/** The two numbers of an ECDSA signature, each in 32 octets. */
function fixedWidth(signature: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(64)
  let offset = 2
  for (const half of [0, 1]) {
    const number = signature.subarray(offset + 2, offset + 2 + (signature[offset + 1] as number))
    const magnitude = number.subarray(Math.max(0, number.length - 32))
    joined.set(magnitude, 32 * (half + 1) - magnitude.length)
    offset += 2 + number.length
  }
  return joined
}

await warmUp(
  () => anew(web),
  () => remembered(web),
)
const portable = await measure(
  [
    { name: 'raw, two signatures', run: rawWeb },
    { name: 'raw, two signatures at once', run: rawWebTogether },
    { name: 'countersign', run: () => anew(web) },
    { name: 'countersign, intermediate remembered', run: () => remembered(web) },
  ],
  { rounds: 101, batchMilliseconds: 5 },
)
printTimings('the same, WebCrypto', portable, 'raw, two signatures')
expectRatio('countersign beside raw', ratio(portable, 'countersign', 'raw, two signatures'), 1.3)

const parsing = await measure(
  [
    { name: 'new X509Certificate', run: () => new X509Certificate(leafDer) },
    { name: 'parseCertificate', run: () => parseCertificate(leafDer) },
    { name: '@peculiar/x509', run: () => new PeculiarCertificate(new Uint8Array(leafDer)) },
    { name: 'pkijs', run: () => pkijs.Certificate.fromBER(new Uint8Array(leafDer)) },
  ],
  { rounds: 101 },
)
printTimings('one P-256 leaf, parsed', parsing, 'new X509Certificate')
expectRatio('parseCertificate beside X509Certificate', ratio(parsing, 'parseCertificate', 'new X509Certificate'), 0.3)
