import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing } from '../../../../tools/needs.ts'
import { childrenOf, readElement } from '../der/read.ts'
import { toHex } from '../der/text.ts'
import * as der from '../der/write.ts'
import { type Authority, createAuthority } from '../pki/authority.ts'
import type { IssuedCertificate } from '../pki/certificate.ts'
import { createOcspResponder, parseOcspRequest } from './ocsp-responder.ts'
import type { OcspResponseOptions } from './ocsp-response.ts'

let root: Authority
let alice: IssuedCertificate
beforeAll(async () => {
  root = await createAuthority({ name: 'Root' })
  alice = await root.issueClient({ name: 'Alice' })
})

describe('ocspResponse', () => {
  it('has the shape of RFC 6960', async () => {
    const response = await root.ocspResponse({ for: alice, nonce: Uint8Array.of(1, 2, 3) })
    const [data, algorithm, signature, ...rest] = basicFieldsOf(response)
    expect([data?.tag, algorithm?.tag, signature?.tag]).toEqual([0x30, 0x30, 0x03])
    expect(rest).toHaveLength(0)
    const fields = childrenOf(data?.encoding ?? new Uint8Array())
    expect(fields.map(({ tag }) => tag)).toEqual([0xa2, 0x18, 0x30, 0xa1])
    expect(toHex(response)).toContain(toHex(der.octetString(der.octetString(Uint8Array.of(1, 2, 3)))))
  })

  it.each([
    ['malformedRequest', '30030a0101'],
    ['internalError', '30030a0102'],
    ['tryLater', '30030a0103'],
    ['sigRequired', '30030a0105'],
    ['unauthorized', '30030a0106'],
  ] as const)('says %s without a body', async (responseStatus, expected) => {
    expect(toHex(await root.ocspResponse({ for: alice, responseStatus }))).toBe(expected)
  })

  it('gives several answers, contradictory ones too', async () => {
    const response = await root.ocspResponse({ for: alice, also: [{ for: alice, status: 'revoked' }, { for: '07' }] })
    const data = basicFieldsOf(response)[0]?.encoding ?? new Uint8Array()
    expect(childrenOf(childrenOf(data)[2]?.encoding ?? new Uint8Array())).toHaveLength(3)
  })
})

describe('issueOcspDelegate', () => {
  it('is marked for OCSP signing alone and need not be checked', async () => {
    const delegate = await root.issueOcspDelegate()
    const bytes = toHex(delegate.certificate.der)
    expect(bytes).toContain(toHex(der.objectIdentifier('1.3.6.1.5.5.7.3.9')))
    expect(bytes).toContain(toHex(der.objectIdentifier('1.3.6.1.5.5.7.48.1.5')))
    const checked = await root.issueOcspDelegate({ noCheck: 'absent' })
    expect(toHex(checked.certificate.der)).not.toContain(toHex(der.objectIdentifier('1.3.6.1.5.5.7.48.1.5')))
  })
})

describe('parseOcspRequest', () => {
  it('finds nothing in what is no request', () => {
    for (const bytes of [[], [0x30], [0x30, 0x00], [0x30, 0x02, 0x30, 0x00], [0x30, 0x05, 0x30]]) {
      expect(parseOcspRequest(Uint8Array.from(bytes))).toBeUndefined()
    }
  })
})

describe.skipIf(missing('openssl'))('by the reading of the openssl command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-testing-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  const file = (name: string, contents: string | Uint8Array) => {
    const path = join(folder, name)
    writeFileSync(path, contents)
    return path
  }

  const verdict = async (options: Omit<OcspResponseOptions, 'for'> & Partial<OcspResponseOptions>) => {
    const response = file('response.der', await root.ocspResponse({ for: alice, ...options }))
    const ca = file('ca.pem', root.certificate.pem)
    const cert = file('alice.pem', alice.certificate.pem)
    const run = spawnSync('openssl', [
      ...['ocsp', '-respin', response, '-CAfile', ca, '-issuer', ca],
      ...[`-${options.certIdHash === 'SHA-256' ? 'sha256' : 'sha1'}`, '-cert', cert],
    ])
    const text = `${run.stdout}${run.stderr}`
    return {
      verified: text.includes('Response verify OK'),
      status: /alice\.pem: (\w+)/.exec(text)?.[1],
      text,
    }
  }

  it('is verified, with the status that was asked for', async () => {
    expect(await verdict({})).toMatchObject({ verified: true, status: 'good' })
    expect(await verdict({ status: 'unknown', responderId: 'name' })).toMatchObject({
      verified: true,
      status: 'unknown',
    })
    const revoked = await verdict({ status: 'revoked', reason: 'keyCompromise', certIdHash: 'SHA-256' })
    expect(revoked).toMatchObject({ verified: true, status: 'revoked' })
    expect(revoked.text).toContain('Reason: keyCompromise')
  })

  it('is verified through a delegate, and not through a sibling without the purpose', async () => {
    expect(await verdict({ delegate: await root.issueOcspDelegate() })).toMatchObject({
      verified: true,
      status: 'good',
    })
    expect(await verdict({ delegate: alice })).toMatchObject({ verified: false })
    const late = await root.issueOcspDelegate({ notAfter: new Date(Date.now() - 1000) })
    expect(await verdict({ delegate: late })).toMatchObject({ verified: false })
  })

  it('is refused when it was signed by another, or the signature is broken', async () => {
    const stranger = await createAuthority({ name: 'Root' })
    expect(await verdict({ signedBy: stranger })).toMatchObject({ verified: false })
    expect(await verdict({ signature: 'broken' })).toMatchObject({ verified: false })
  })

  it('shows its age', async () => {
    const old = new Date(Date.now() - 86_400_000)
    expect((await verdict({ thisUpdate: old, nextUpdate: old })).text).toContain('status expired')
  })

  it('answers the request that openssl writes, nonce and all', async () => {
    const ca = file('ca.pem', root.certificate.pem)
    const cert = file('alice.pem', alice.certificate.pem)
    const path = join(folder, 'request.der')
    const respond = createOcspResponder(root, {
      statusOf: (serialNumber) => (serialNumber === alice.serialNumber ? 'revoked' : 'unknown'),
      delegate: await root.issueOcspDelegate(),
    })
    for (const hash of ['-sha1', '-sha256']) {
      execFileSync('openssl', ['ocsp', '-issuer', ca, hash, '-cert', cert, '-nonce', '-reqout', path])
      const request = readFileSync(path)
      expect(parseOcspRequest(request)?.nonce).toHaveLength(16)
      const response = file('response.der', await respond(request))
      const arguments_ = [
        'ocsp',
        '-no_nonce',
        '-reqin',
        path,
        '-respin',
        response,
        '-CAfile',
        ca,
        '-issuer',
        ca,
        hash,
        '-cert',
        cert,
      ]
      const run = spawnSync('openssl', arguments_)
      expect(`${run.stdout}${run.stderr}`).toContain('Response verify OK')
      expect(String(run.stdout)).toContain('alice.pem: revoked')
    }
    expect(toHex(await respond(Uint8Array.of(1, 2, 3)))).toBe('30030a0101')
  })
})

function basicFieldsOf(response: Uint8Array) {
  const [, wrapped] = childrenOf(response)
  const [, octets] = childrenOf(wrapped?.contents ?? new Uint8Array())
  return childrenOf(readElement(octets?.contents ?? new Uint8Array()).encoding)
}
