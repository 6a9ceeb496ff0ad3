/** Algorithms, keys and signatures. @module */
import { malformCertificate, malleateSignature, mutateCertificate } from '../../../packages/testing/src/index.ts'
import { ca, caption, client, type PathCase, root } from './drawing.ts'

const SIGNED = 'RFC 5280 §6.1.3 (a)(1)'

export async function signatureCases(): Promise<PathCase[]> {
  const anchor = await root('Root')
  const issuing = await ca('Issuing CA', anchor)
  const leaf = await client('Client', issuing)
  const brokenLeaf = caption(
    'Client, one bit of the signature turned',
    await malformCertificate(leaf, 'broken-signature'),
  )
  const emptyLeaf = caption('Client, no octets of signature', await malformCertificate(leaf, 'empty-signature'))
  const brokenCa = caption(
    'Issuing CA, one bit of the signature turned',
    await malformCertificate(issuing, 'broken-signature'),
  )
  const other = await client('Client, signed for other contents', issuing, { spiffe: 'spiffe://partner.example/a' })
  const forged = caption(
    'Client, other contents under an old signature',
    await mutateCertificate(other, { signature: () => signatureOf(leaf.certificate.der) }),
  )
  const malleated = caption('Client, the other signature of the same key', await malleateSignature(leaf))
  const cases: PathCase[] = [
    {
      id: 'signature/leaf-broken',
      title: 'The leaf’s signature is not its issuer’s.',
      clause: SIGNED,
      leaf: brokenLeaf,
      intermediates: [issuing],
      anchors: [anchor],
      expected: { code: 'signature-invalid', index: 0 },
    },
    {
      id: 'signature/leaf-empty',
      title: 'An empty signature.',
      clause: SIGNED,
      leaf: emptyLeaf,
      intermediates: [issuing],
      anchors: [anchor],
      expected: { code: 'signature-invalid', index: 0 },
    },
    {
      id: 'signature/leaf-transplanted',
      title: 'A signature taken from another certificate.',
      clause: SIGNED,
      leaf: forged,
      intermediates: [issuing],
      anchors: [anchor],
      expected: { code: 'signature-invalid', index: 0 },
    },
    {
      id: 'signature/intermediate-broken',
      title: 'The intermediate’s signature is not the anchor’s.',
      clause: SIGNED,
      leaf,
      intermediates: [brokenCa],
      anchors: [anchor],
      expected: { code: 'signature-invalid', index: 1 },
    },
    {
      id: 'signature/malleated',
      title: 'ECDSA has two signatures for each: the certificate proves the same.',
      clause: 'SEC 1 §4.1.4',
      leaf: malleated,
      intermediates: [issuing],
      anchors: [anchor],
      expected: 'accepted',
    },
    {
      id: 'signature/parameters-added',
      title: 'ecdsa-with-SHA256 has no parameters.',
      clause: 'RFC 5758 §3.2',
      leaf: caption('Client, ECDSA with parameters', await malformCertificate(leaf, 'algorithm-parameters-added')),
      intermediates: [issuing],
      anchors: [anchor],
      expected: { code: 'algorithm-refused', index: 0 },
    },
    {
      id: 'signature/unknown-algorithm',
      title: 'An algorithm that nobody knows.',
      clause: 'RFC 5280 §4.1.1.2',
      leaf: caption('Client, unknown algorithm', await malformCertificate(leaf, 'unknown-algorithm')),
      intermediates: [issuing],
      anchors: [anchor],
      expected: { code: 'algorithm-refused', index: 0 },
    },
    {
      id: 'signature/algorithms-differ',
      title: 'The signed algorithm is not the outer one.',
      clause: 'RFC 5280 §4.1.1.2',
      leaf: caption('Client, two algorithms', await malformCertificate(leaf, 'inner-algorithm-differs')),
      intermediates: [issuing],
      anchors: [anchor],
      expected: { code: 'certificate-malformed', index: 0, error: 'signature-algorithm-mismatch' },
    },
    {
      id: 'signature/policy-narrowed',
      title: 'A policy that names Ed25519 alone takes no P-256 key.',
      clause: 'AlgorithmPolicy',
      leaf,
      intermediates: [issuing],
      anchors: [anchor],
      options: { algorithms: { signatures: ['ed25519'], rsaBits: { min: 2048, max: 8192 } } },
      expected: { code: 'key-refused', index: 0 },
    },
    {
      id: 'signature/policy-other-hash',
      title: 'A policy that names SHA-384 alone takes no SHA-256.',
      clause: 'AlgorithmPolicy',
      leaf,
      intermediates: [issuing],
      anchors: [anchor],
      options: { algorithms: { signatures: ['ecdsa-p256-sha384'], rsaBits: { min: 2048, max: 8192 } } },
      expected: { code: 'algorithm-refused', index: 1 },
    },
  ]
  return [...cases, ...(await algorithmCases()), ...(await weakCases())]
}

/** One chain of each kind, root to leaf, and the same with its leaf tampered. */
async function algorithmCases(): Promise<PathCase[]> {
  const cases: PathCase[] = []
  for (const algorithm of [
    'P-384',
    'P-521',
    'RSA-2048',
    'RSA-4096',
    'RSA-PSS-2048',
    'Ed25519',
    'ML-DSA-44',
    'ML-DSA-65',
    'ML-DSA-87',
  ] as const) {
    const anchor = await root(`${algorithm} root`, { algorithm })
    const issuing = await ca(`${algorithm} CA`, anchor, { algorithm })
    const leaf = await client(`${algorithm} client`, issuing, { algorithm })
    const broken = caption(`${algorithm} client, signature broken`, await malformCertificate(leaf, 'broken-signature'))
    const needs = algorithm.startsWith('ML-DSA') ? { needs: [algorithm] } : {}
    const id = `algorithm/${algorithm.toLowerCase()}`
    const clause = CLAUSES[algorithm] ?? SIGNED
    cases.push({
      id,
      title: `A chain of ${algorithm} throughout.`,
      clause,
      leaf,
      intermediates: [issuing],
      anchors: [anchor],
      ...needs,
      expected: 'accepted',
    })
    cases.push({
      id: `${id}-broken`,
      title: `The same with a broken signature.`,
      clause,
      leaf: broken,
      intermediates: [issuing],
      anchors: [anchor],
      ...needs,
      expected: { code: 'signature-invalid', index: 0 },
    })
  }
  const rsa = await root('RSA root', { algorithm: 'RSA-2048', signatureHash: 'SHA-512' })
  const p384 = await ca('P-384 CA, signing with SHA-256', rsa, { algorithm: 'P-384', signatureHash: 'SHA-256' })
  cases.push({
    id: 'algorithm/mixed',
    title: 'Every level another algorithm.',
    clause: SIGNED,
    leaf: await client('Ed25519 client', p384, { algorithm: 'Ed25519' }),
    intermediates: [p384],
    anchors: [rsa],
    expected: 'accepted',
  })
  return cases
}

const CLAUSES: Readonly<Record<string, string>> = {
  'P-384': 'RFC 5480 §2.1',
  'P-521': 'RFC 5480 §2.1',
  'RSA-2048': 'RFC 4055 §5',
  'RSA-4096': 'RFC 4055 §5',
  'RSA-PSS-2048': 'RFC 4055 §3',
  Ed25519: 'RFC 8410 §6',
  'ML-DSA-44': 'RFC 9881 §3',
  'ML-DSA-65': 'RFC 9881 §3',
  'ML-DSA-87': 'RFC 9881 §3',
}

async function weakCases(): Promise<PathCase[]> {
  const anchor = await root('Root')
  const leaf = await client('Client', anchor)
  const sha1 = await root('Root, signing with SHA-1', { signatureHash: 'SHA-1' })
  const sha1Leaf = await client('Client under SHA-1', sha1)
  const weak = await root('RSA-1024 root', { algorithm: 'RSA-1024' })
  const pss = await root('RSA-PSS root', { algorithm: 'RSA-PSS-2048' })
  const rsa = await root('RSA root', { algorithm: 'RSA-2048', name: 'RSA-PSS root' })
  const allowed = ['ecdsa-p256-sha1', 'ecdsa-p256-sha256']
  const malformed = async (
    text: string,
    kind: Parameters<typeof malformCertificate>[1],
  ): ReturnType<typeof malformCertificate> => caption(text, await malformCertificate(leaf, kind))
  return [
    {
      id: 'weak/sha1',
      title: 'SHA-1 is refused.',
      clause: 'RFC 9155 §2',
      leaf: sha1Leaf,
      anchors: [sha1],
      expected: { code: 'algorithm-refused', index: 0, algorithm: 'ecdsa-p256-sha1' },
    },
    {
      id: 'weak/sha1-by-name',
      title: 'Unless a policy names it.',
      clause: 'AlgorithmPolicy',
      leaf: sha1Leaf,
      anchors: [sha1],
      options: { algorithms: { signatures: allowed, rsaBits: { min: 2048, max: 8192 } } },
      expected: 'accepted',
    },
    {
      id: 'weak/rsa-1024-leaf',
      title: 'A leaf’s key must be strong enough as well.',
      clause: 'NIST SP 800-131A §3',
      leaf: await client('Client with RSA-1024', anchor, { algorithm: 'RSA-1024' }),
      anchors: [anchor],
      expected: { code: 'key-refused', index: 0 },
    },
    {
      id: 'weak/rsa-1024-root',
      title: 'A signature of a short key is none.',
      clause: 'NIST SP 800-131A §3',
      leaf: await client('Client under RSA-1024', weak),
      anchors: [weak],
      expected: { code: 'key-refused', index: 0 },
    },
    {
      id: 'weak/rsa-1024-by-policy',
      title: 'Unless a policy lowers the bound.',
      clause: 'AlgorithmPolicy',
      leaf: await client('Client under RSA-1024', weak),
      anchors: [weak],
      options: {
        algorithms: { signatures: ['rsa-pkcs1-sha256', 'ecdsa-p256-sha256'], rsaBits: { min: 1024, max: 8192 } },
      },
      expected: 'accepted',
    },
    {
      id: 'weak/rsa-16384',
      title: 'A modulus of 16,384 bits is refused before any arithmetic.',
      clause: 'AlgorithmPolicy',
      leaf: await malformed('Client with RSA-16384', 'rsa-key-of-16384-bits'),
      anchors: [anchor],
      expected: { code: 'key-refused', index: 0 },
    },
    {
      id: 'weak/rsa-exponent-one',
      title: 'An exponent of one makes every message its own signature.',
      clause: 'RFC 8017 §3.1',
      leaf: await malformed('Client with exponent 1', 'rsa-exponent-of-one'),
      anchors: [anchor],
      expected: { code: 'key-refused', index: 0 },
    },
    {
      id: 'weak/rsa-even-modulus',
      title: 'An even modulus is no product of odd primes.',
      clause: 'RFC 8017 §3.1',
      leaf: await malformed('Client with an even modulus', 'rsa-even-modulus'),
      anchors: [anchor],
      expected: { code: 'key-refused', index: 0 },
    },
    {
      id: 'weak/key-undecodable',
      title: 'A key that is no key.',
      clause: 'RFC 5280 §4.1.2.7',
      leaf: await malformed('Client with an undecodable key', 'undecodable-public-key'),
      anchors: [anchor],
      expected: { code: 'key-refused', index: 0 },
    },
    {
      id: 'weak/key-unknown',
      title: 'A key of an unknown algorithm.',
      clause: 'RFC 5280 §4.1.2.7',
      leaf: await malformed('Client with an unknown key', 'unknown-public-key-algorithm'),
      anchors: [anchor],
      expected: { code: 'key-refused', index: 0 },
    },
    {
      id: 'algorithm/key-of-another-kind',
      title: 'An RSA-PSS signature under an elliptic-curve key.',
      clause: 'RFC 5280 §4.1.1.2',
      leaf: await client('Client of RSA-PSS', pss),
      anchors: [{ of: pss, keyOf: anchor }],
      expected: { code: 'algorithm-mismatch', index: 0 },
    },
    {
      id: 'algorithm/pss-under-rsa-encryption',
      title: 'An rsaEncryption key of another issuer under a PSS signature.',
      clause: SIGNED,
      leaf: await client('Client of RSA-PSS', pss),
      anchors: [rsa],
      expected: { code: 'signature-invalid', index: 0 },
    },
  ]
}

/** The octets in the BIT STRING at the end of a certificate signed with P-256. */
function signatureOf(certificate: Uint8Array): Uint8Array {
  // The BIT STRING of an ECDSA signature begins 70 to 75 octets before the end: tag 3, length, no unused bits, SEQUENCE.
  for (let offset = certificate.length - 76; offset < certificate.length; offset++)
    if (
      certificate[offset] === 3 &&
      certificate[offset + 2] === 0 &&
      certificate[offset + 3] === 0x30 &&
      offset + 2 + (certificate[offset + 1] as number) === certificate.length
    )
      return certificate.slice(offset + 3)
  throw new Error('no signature found')
}
