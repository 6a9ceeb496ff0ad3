/** Who may issue, for how many levels, and for what. @module */
import { malformCertificate, mutateCertificate } from '../../../packages/testing/src/index.ts'
import { ca, caption, client, clientUnder, type PathCase, root, selfSigned } from './drawing.ts'

const CA = 'RFC 5280 §6.1.4 (k)'
const LENGTH = 'RFC 5280 §6.1.4 (l), (m)'
const PURPOSE = 'RFC 5280 §4.2.1.12'

export async function authorityCases(): Promise<PathCase[]> {
  return [...(await issuerCases()), ...(await lengthCases()), ...(await purposeCases()), ...(await keyUsageCases())]
}

async function issuerCases(): Promise<PathCase[]> {
  const anchor = await root('Root')
  const absent = await ca('CA without basicConstraints', anchor, { basicConstraints: 'none' })
  const no = await ca('CA with cA false', anchor, { basicConstraints: { ca: false }, keyUsage: 'none' })
  const noncritical = await ca('CA, basicConstraints not critical', anchor, {
    basicConstraints: { ca: true, critical: false },
  })
  const noSign = await ca('CA without keyCertSign', anchor, { keyUsage: ['cRLSign', 'digitalSignature'] })
  const noUsage = await ca('CA without keyUsage', anchor, { keyUsage: 'none' })
  const leafOfRoot = await client('Client that issues', anchor)
  const minted = await clientUnder('Client of a client', leafOfRoot)
  const plain = await ca('CA of version 1', anchor, { basicConstraints: 'none', keyUsage: 'none' })
  const v1 = caption(
    'CA of version 1',
    await mutateCertificate(plain, { parts: () => ({ version: undefined, extensions: undefined }) }),
  )
  const rootV3 = await root('Root of version 1')
  const rootV1 = caption(
    'Root of version 1',
    await mutateCertificate(rootV3, { parts: () => ({ version: undefined, extensions: undefined }) }),
  )
  const rootNotCa = await root('Root without basicConstraints', { basicConstraints: 'none' })
  const rootNoSign = await root('Root without keyCertSign', { keyUsage: ['cRLSign'] })
  const rootNoncritical = await root('Root, basicConstraints not critical', {
    basicConstraints: { ca: true, critical: false },
  })
  return [
    {
      id: 'issuer/no-basic-constraints',
      title: 'An intermediate without basicConstraints is no CA.',
      clause: CA,
      leaf: await client('Client', absent),
      intermediates: [absent],
      anchors: [anchor],
      expected: { code: 'key-usage-contradictory', index: 1 },
    },
    {
      id: 'issuer/no-basic-constraints-no-key-usage',
      title: 'Nor is one without keyUsage as well.',
      clause: CA,
      leaf: await client('Client', plain),
      intermediates: [plain],
      anchors: [anchor],
      expected: { code: 'basic-constraints-missing', index: 1 },
    },
    {
      id: 'issuer/ca-false',
      title: 'An intermediate that says it is no CA.',
      clause: CA,
      leaf: await client('Client', no),
      intermediates: [no],
      anchors: [anchor],
      expected: { code: 'basic-constraints-missing', index: 1 },
    },
    {
      id: 'issuer/not-critical',
      title: 'basicConstraints that is not critical counts (PKITS 4.6.4).',
      clause: 'RFC 5280 §4.2.1.9',
      leaf: await client('Client', noncritical),
      intermediates: [noncritical],
      anchors: [anchor],
      expected: 'accepted',
    },
    {
      id: 'issuer/leaf-issues',
      title: 'A partner’s leaf that issues another.',
      clause: CA,
      leaf: minted,
      intermediates: [leafOfRoot],
      anchors: [anchor],
      expected: { code: 'basic-constraints-missing', index: 1 },
    },
    {
      id: 'issuer/no-key-cert-sign',
      title: 'keyUsage without keyCertSign.',
      clause: 'RFC 5280 §6.1.4 (n)',
      leaf: await client('Client', noSign),
      intermediates: [noSign],
      anchors: [anchor],
      expected: { code: 'key-usage-missing', index: 1, required: 'keyCertSign' },
    },
    {
      id: 'issuer/no-key-usage',
      title: 'No keyUsage restricts nothing.',
      clause: 'RFC 5280 §6.1.4 (n)',
      leaf: await client('Client', noUsage),
      intermediates: [noUsage],
      anchors: [anchor],
      expected: 'accepted',
    },
    {
      id: 'issuer/version-1',
      title: 'An intermediate of version 1 cannot say that it is a CA.',
      clause: CA,
      leaf: await client('Client', plain),
      intermediates: [v1],
      anchors: [anchor],
      expected: { code: 'certificate-version', index: 1 },
    },
    {
      id: 'issuer/anchor-version-1',
      title: 'An anchor of version 1 was named a CA by whoever made it an anchor.',
      clause: 'RFC 5280 §6.1.1 (d)',
      leaf: await client('Client', rootV3),
      anchors: [rootV1],
      expected: 'accepted',
    },
    {
      id: 'issuer/anchor-no-basic-constraints',
      title: 'An anchor of version 3 says what it is.',
      clause: 'RFC 5280 §4.2.1.9',
      leaf: await client('Client', rootNotCa),
      anchors: [rootNotCa],
      expected: { code: 'key-usage-contradictory', index: 1 },
    },
    {
      id: 'issuer/anchor-no-key-cert-sign',
      title: 'An anchor whose keyUsage lacks keyCertSign.',
      clause: 'RFC 5280 §4.2.1.3',
      leaf: await client('Client', rootNoSign),
      anchors: [rootNoSign],
      expected: { code: 'key-usage-missing', index: 1 },
    },
    {
      id: 'issuer/anchor-not-critical',
      title: 'A root whose basicConstraints is not critical.',
      clause: 'RFC 5280 §4.2.1.9',
      leaf: await client('Client', rootNoncritical),
      anchors: [rootNoncritical],
      expected: 'accepted',
    },
  ]
}

async function lengthCases(): Promise<PathCase[]> {
  const anchor = await root('Root')
  const zero = await ca('CA, pathLen 0', anchor, { pathLength: 0 })
  const below = await ca('Sub CA', zero)
  const one = await ca('CA, pathLen 1', anchor, { pathLength: 1 })
  const underOne = await ca('Sub CA, pathLen 5', one, { pathLength: 5 })
  const tooDeep = await ca('Sub sub CA', underOne)
  const rekeyed = await ca('CA, pathLen 0, its new key', zero, { name: 'CA' })
  const limited = await root('Root, pathLen 0', { pathLength: 0 })
  const underLimited = await ca('CA of the limited root', limited)
  const a = await ca('CA a', anchor)
  const b = await ca('CA b', a)
  const selfIssued = await ca('CA a, its new key', a, { name: 'CA a' })
  const leafCa = await ca('CA as a leaf', zero, {
    keyUsage: ['digitalSignature', 'keyCertSign'],
    extendedKeyUsage: ['clientAuth'],
  })
  return [
    {
      id: 'path-length/zero',
      title: 'pathLen 0 allows a leaf.',
      clause: LENGTH,
      leaf: await client('Client', zero),
      intermediates: [zero],
      anchors: [anchor],
      expected: 'accepted',
    },
    {
      id: 'path-length/zero-exceeded',
      title: 'And no CA.',
      clause: LENGTH,
      leaf: await client('Client', below),
      intermediates: [below, zero],
      anchors: [anchor],
      expected: { code: 'path-length-exceeded', index: 2, limit: 0, length: 1 },
    },
    {
      id: 'path-length/last-is-a-ca',
      title: 'The last certificate is not counted, CA or not.',
      clause: 'RFC 5280 §4.2.1.9',
      leaf: leafCa,
      intermediates: [zero],
      anchors: [anchor],
      expected: 'accepted',
    },
    {
      id: 'path-length/one',
      title: 'pathLen 1 allows one CA.',
      clause: LENGTH,
      leaf: await client('Client', underOne),
      intermediates: [underOne, one],
      anchors: [anchor],
      expected: 'accepted',
    },
    {
      id: 'path-length/cannot-grow',
      title: 'A larger pathLen below does not lift the smaller above.',
      clause: LENGTH,
      leaf: await client('Client', tooDeep),
      intermediates: [tooDeep, underOne, one],
      anchors: [anchor],
      expected: { code: 'path-length-exceeded', index: 3, limit: 1, length: 2 },
    },
    {
      id: 'path-length/self-issued',
      title: 'A self-issued certificate (key roll-over) is not counted.',
      clause: LENGTH,
      leaf: await client('Client', rekeyed),
      intermediates: [rekeyed, zero],
      anchors: [anchor],
      expected: 'accepted',
    },
    {
      id: 'path-length/anchor',
      title: 'The anchor’s pathLen binds.',
      clause: 'RFC 5937 §3.2',
      leaf: await client('Client', underLimited),
      intermediates: [underLimited],
      anchors: [limited],
      expected: { code: 'path-length-exceeded', index: 2 },
    },
    {
      id: 'path-length/anchor-by-name',
      title: 'An anchor given by name and key has none.',
      clause: 'RFC 5280 §6.1.1 (d)',
      leaf: await client('Client', underLimited),
      intermediates: [underLimited],
      anchors: [{ of: limited }],
      expected: 'accepted',
    },
    {
      id: 'path-length/max-intermediates',
      title: 'The caller’s limit on intermediates.',
      clause: 'RFC 5280 §6.1',
      leaf: await client('Client', b),
      intermediates: [b, a],
      anchors: [anchor],
      options: { maxIntermediates: 1 },
      expected: { code: 'depth-exceeded', index: 2 },
    },
    {
      id: 'path-length/max-intermediates-zero',
      title: 'None at all.',
      clause: 'RFC 5280 §6.1',
      leaf: await client('Client', a),
      intermediates: [a],
      anchors: [anchor],
      options: { maxIntermediates: 0 },
      expected: { code: 'depth-exceeded', index: 1 },
    },
    {
      id: 'path-length/max-intermediates-self-issued',
      title: 'Self-issued ones are not counted here either.',
      clause: 'RFC 5280 §6.1',
      leaf: await client('Client', selfIssued),
      intermediates: [selfIssued, a],
      anchors: [anchor],
      options: { maxIntermediates: 1 },
      expected: 'accepted',
    },
  ]
}

async function purposeCases(): Promise<PathCase[]> {
  const anchor = await root('Root')
  const plain = await ca('CA', anchor)
  const forClients = await ca('CA for clientAuth', anchor, { extendedKeyUsage: ['clientAuth'] })
  const forServers = await ca('CA for serverAuth', anchor, { extendedKeyUsage: ['serverAuth'] })
  const forAny = await ca('CA for anyExtendedKeyUsage', anchor, { extendedKeyUsage: ['any'] })
  const below = await ca('Sub CA for clientAuth', forServers, { extendedKeyUsage: ['clientAuth'] })
  const rootForServers = await root('Root for serverAuth', { extendedKeyUsage: ['serverAuth'] })
  const custom = '1.3.6.1.4.1.55555.1.1'
  const serverOnly = await client('Client for serverAuth', plain, { extendedKeyUsage: ['serverAuth'] })
  const none = await client('Client without extendedKeyUsage', plain, { extendedKeyUsage: 'none' })
  const any = await client('Client for anyExtendedKeyUsage', plain, { extendedKeyUsage: ['any'] })
  const both = await client('Client for both', plain, { extendedKeyUsage: ['clientAuth', 'serverAuth', custom] })
  const chain = { intermediates: [plain], anchors: [anchor] }
  const missing = { code: 'extended-key-usage-missing', index: 0 }
  return [
    {
      id: 'purpose/server-only',
      title: 'A server’s certificate is no client’s.',
      clause: PURPOSE,
      leaf: serverOnly,
      ...chain,
      expected: missing,
    },
    {
      id: 'purpose/email-only',
      title: 'Nor is one for mail.',
      clause: PURPOSE,
      leaf: await client('Client for mail', plain, { extendedKeyUsage: ['emailProtection'] }),
      ...chain,
      expected: missing,
    },
    {
      id: 'purpose/both',
      title: 'Purposes beside the one that is asked for.',
      clause: PURPOSE,
      leaf: both,
      ...chain,
      expected: 'accepted',
    },
    {
      id: 'purpose/absent',
      title: 'No extended key usage is refused.',
      clause: PURPOSE,
      leaf: none,
      ...chain,
      expected: missing,
    },
    {
      id: 'purpose/absent-accepted',
      title: 'Unless accepted by name.',
      clause: PURPOSE,
      leaf: none,
      ...chain,
      options: { extendedKeyUsage: { absent: 'accept' } },
      expected: 'accepted',
    },
    {
      id: 'purpose/any',
      title: 'anyExtendedKeyUsage is not clientAuth.',
      clause: PURPOSE,
      leaf: any,
      ...chain,
      expected: missing,
    },
    {
      id: 'purpose/any-accepted',
      title: 'Unless accepted by name.',
      clause: PURPOSE,
      leaf: any,
      ...chain,
      options: { extendedKeyUsage: { any: 'accept' } },
      expected: 'accepted',
    },
    {
      id: 'purpose/nested',
      title: 'A CA for clientAuth issues for it.',
      clause: PURPOSE,
      leaf: await client('Client', forClients),
      intermediates: [forClients],
      anchors: [anchor],
      expected: 'accepted',
    },
    {
      id: 'purpose/nested-violated',
      title: 'A CA for serverAuth does not.',
      clause: PURPOSE,
      leaf: await client('Client', forServers),
      intermediates: [forServers],
      anchors: [anchor],
      expected: { code: 'extended-key-usage-missing', index: 1 },
    },
    {
      id: 'purpose/nested-not-regained',
      title: 'Nor does a CA below it.',
      clause: PURPOSE,
      leaf: await client('Client', below),
      intermediates: [below, forServers],
      anchors: [anchor],
      expected: { code: 'extended-key-usage-missing', index: 2 },
    },
    {
      id: 'purpose/nested-any',
      title: 'A CA for anything does.',
      clause: PURPOSE,
      leaf: await client('Client', forAny),
      intermediates: [forAny],
      anchors: [anchor],
      expected: 'accepted',
    },
    {
      id: 'purpose/anchor',
      title: 'What an anchor’s certificate says of purposes binds.',
      clause: 'RFC 5937 §3.2',
      leaf: await client('Client', rootForServers),
      anchors: [rootForServers],
      expected: { code: 'extended-key-usage-missing', index: 1 },
    },
    {
      id: 'purpose/server-asked',
      title: 'Asked for serverAuth.',
      clause: PURPOSE,
      leaf: serverOnly,
      ...chain,
      options: { usage: 'server' },
      expected: 'accepted',
    },
    {
      id: 'purpose/none-asked',
      title: 'Asked for nothing.',
      clause: PURPOSE,
      leaf: await client('Client', forServers, { extendedKeyUsage: ['codeSigning'] }),
      intermediates: [forServers],
      anchors: [anchor],
      options: { usage: 'any' },
      expected: 'accepted',
    },
    {
      id: 'purpose/by-identifier',
      title: 'Asked for two purposes by identifier.',
      clause: PURPOSE,
      leaf: both,
      ...chain,
      options: { usage: ['1.3.6.1.5.5.7.3.2', custom] },
      expected: 'accepted',
    },
    {
      id: 'purpose/by-identifier-missing',
      title: 'Each of them must be there.',
      clause: PURPOSE,
      leaf: await client('Client', plain),
      ...chain,
      options: { usage: ['1.3.6.1.5.5.7.3.2', custom] },
      expected: { code: 'extended-key-usage-missing', index: 0, required: custom },
    },
  ]
}

async function keyUsageCases(): Promise<PathCase[]> {
  const anchor = await root('Root')
  const signs = await selfSigned('Self-signed CA that is a client', {
    basicConstraints: { ca: true },
    keyUsage: ['digitalSignature', 'keyCertSign'],
  })
  return [
    {
      id: 'key-usage/absent',
      title: 'No keyUsage restricts nothing.',
      clause: 'RFC 5280 §4.2.1.3',
      leaf: await client('Client', anchor, { keyUsage: 'none' }),
      anchors: [anchor],
      expected: 'accepted',
    },
    {
      id: 'key-usage/encipherment-only',
      title: 'A TLS client signs.',
      clause: 'RFC 5280 §4.2.1.3',
      leaf: await client('Client', anchor, { keyUsage: ['keyEncipherment'] }),
      anchors: [anchor],
      expected: { code: 'key-usage-missing', index: 0, required: 'digitalSignature' },
    },
    {
      id: 'key-usage/agreement-only',
      title: 'Agreeing on keys is not signing.',
      clause: 'RFC 5280 §4.2.1.3',
      leaf: await client('Client', anchor, { keyUsage: ['keyAgreement'] }),
      anchors: [anchor],
      expected: { code: 'key-usage-missing', index: 0 },
    },
    {
      id: 'key-usage/ca-as-client',
      title: 'A CA that may not sign messages is no client.',
      clause: 'RFC 5280 §4.2.1.3',
      leaf: await ca('CA as a client', anchor, { extendedKeyUsage: ['clientAuth'] }),
      anchors: [anchor],
      expected: { code: 'key-usage-missing', index: 0 },
    },
    {
      id: 'key-usage/cert-sign-without-ca',
      title: 'keyCertSign without cA contradicts itself.',
      clause: 'RFC 5280 §4.2.1.9',
      leaf: await client('Client', anchor, { keyUsage: ['digitalSignature', 'keyCertSign'] }),
      anchors: [anchor],
      expected: { code: 'key-usage-contradictory', index: 0 },
    },
    {
      id: 'key-usage/self-signed-ca',
      title: 'A self-signed CA as client and anchor.',
      clause: 'RFC 5280 §6.1.1 (d)',
      leaf: signs,
      anchors: [signs],
      expected: 'accepted',
    },
    {
      id: 'key-usage/all-bits-zero',
      title: 'A keyUsage without a bit.',
      clause: 'RFC 5280 §4.2.1.3',
      leaf: await client('Client', anchor, { keyUsage: [] }),
      anchors: [anchor],
      expected: { code: 'certificate-malformed', index: 0, extension: '2.5.29.15' },
    },
    {
      id: 'key-usage/duplicate',
      title: 'The same extension twice.',
      clause: 'RFC 5280 §4.2',
      leaf: caption('Client', await malformCertificate(await client('Client', anchor), 'duplicate-extension')),
      anchors: [anchor],
      expected: { code: 'certificate-malformed', index: 0, error: 'extension-duplicate' },
    },
  ]
}
