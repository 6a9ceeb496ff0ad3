import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAuthority } from '@countersign/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommandLine } from '../command/run-command-line.ts'

let folder: string
const file = (name: string): string => join(folder, name)

async function run(...args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const out: string[] = []
  const err: string[] = []
  const io = { out: (text: string) => void out.push(text), err: (text: string) => void err.push(text) }
  const code = await runCommandLine(['cert', 'verify', ...args], io)
  return { code, out: out.join(''), err: err.join('') }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-cert-'))
  const root = await createAuthority({ name: 'Root' })
  const issuing = await root.issueAuthority({ name: 'Issuing CA' })
  const client = await issuing.issueClient({ name: 'Client', spiffe: 'spiffe://partner.example/a' })
  const server = await issuing.issueServer({ name: 'Server' })
  const revoked = await issuing.issueClient({ name: 'Revoked' })
  const rootCrl = await root.crl()
  const crl = await issuing.crl({ revoked: [revoked] })
  writeFileSync(file('root.pem'), root.certificate.pem)
  writeFileSync(file('root.der'), root.certificate.der)
  writeFileSync(file('root.key'), root.privateKeyPem)
  writeFileSync(file('issuing.pem'), issuing.certificate.pem)
  writeFileSync(file('client.pem'), client.certificate.pem)
  writeFileSync(file('client.der'), client.certificate.der)
  writeFileSync(file('chain.pem'), client.chainPem)
  writeFileSync(file('server.pem'), server.certificate.pem)
  writeFileSync(file('revoked.pem'), revoked.certificate.pem)
  writeFileSync(file('crls.pem'), rootCrl.pem + crl.pem)
  writeFileSync(file('crl.der'), crl.der)
  writeFileSync(file('broken.pem'), client.certificate.pem.replace('\nM', '\n*'))
})

afterAll(() => rmSync(folder, { recursive: true }))

describe('countersign cert verify', () => {
  it('accepts a path, shows it, and says that revocation was not checked', async () => {
    const { code, out } = await run(
      '--anchors',
      file('root.pem'),
      '--intermediates',
      file('issuing.pem'),
      file('client.pem'),
    )
    expect(code).toBe(0)
    expect(out).toMatch(
      /^accepted\n {2}0 {2}CN=Client \(spiffe:\/\/partner\.example\/a\), until .*Z\n {2}1 {2}CN=Issuing CA/,
    )
    expect(out).toContain('anchor  CN=Root')
    expect(out).toContain('revocation: not checked')
  })

  it('takes DER, and the rest of a chain file for intermediates', async () => {
    expect((await run('--anchors', file('root.der'), file('chain.pem'))).code).toBe(0)
    expect(
      (await run('--anchors', file('root.der'), '--intermediates', file('issuing.pem'), file('client.der'))).code,
    ).toBe(0)
  })

  it('prints one JSON object', async () => {
    const { code, out } = await run('--json', '--anchors', file('root.pem'), file('chain.pem'))
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({
      ok: true,
      path: [
        { index: 0, subject: 'CN=Client' },
        { index: 1, subject: 'CN=Issuing CA' },
      ],
      anchor: { subject: 'CN=Root' },
      revocation: 'not checked',
    })
  })

  it('refuses with the certificate, the reason and the clause', async () => {
    const chain = ['--anchors', file('root.pem'), '--intermediates', file('issuing.pem')]
    const { code, out } = await run(...chain, file('server.pem'))
    expect(code).toBe(1)
    expect(out).toContain('refused: extended-key-usage-missing\n  certificate 0 (CN=Server): it is not for the purpose')
    expect(out).toContain('rule: RFC 5280 §4.2.1.12')
    expect((await run(...chain, '--usage', 'server', file('server.pem'))).code).toBe(0)
    expect((await run(...chain, '--usage', '1.3.6.1.5.5.7.3.1', file('server.pem'))).code).toBe(0)

    const json = await run(...chain, '--json', '--at', '2001-01-01', file('client.pem'))
    expect(json.code).toBe(1)
    expect(JSON.parse(json.out)).toMatchObject({
      ok: false,
      at: '2001-01-01T00:00:00.000Z',
      reason: { code: 'certificate-not-yet-valid', index: 0, subject: 'CN=Client', clause: 'RFC 5280 §6.1.3 (a)(2)' },
    })
  })

  it('asks for names', async () => {
    const chain = ['--anchors', file('root.pem'), file('chain.pem')]
    expect((await run(...chain, '--name', 'uri:spiffe://partner.example/a')).code).toBe(0)
    const { code, out } = await run(...chain, '--name', 'dns:partner.example')
    expect(code).toBe(1)
    expect(out).toContain('the name dns "partner.example" is not in its subject alternative name')
  })

  it('checks revocation where CRLs are given', async () => {
    const chain = ['--anchors', file('root.pem'), '--intermediates', file('issuing.pem'), '--crls', file('crls.pem')]
    const good = await run(...chain, file('client.pem'))
    expect(good).toMatchObject({ code: 0, out: expect.stringContaining('revocation: good') })
    const revoked = await run(...chain, file('revoked.pem'))
    expect(revoked).toMatchObject({ code: 1, out: expect.stringContaining('refused: certificate-revoked') })
    const unknown = await run('--anchors', file('root.pem'), '--crls', file('crl.der'), file('chain.pem'))
    expect(unknown).toMatchObject({ code: 1, out: expect.stringContaining('refused: revocation-unavailable') })
  })

  it.each([
    ['a file that is not there', ['--anchors', 'nothing.pem', 'chain.pem'], 'nothing.pem: ENOENT'],
    ['a private key', ['--anchors', 'root.key', 'chain.pem'], 'root.key: pem-private-key'],
    ['a broken block', ['--anchors', 'root.pem', 'broken.pem'], 'broken.pem: pem-base64-invalid'],
    ['a certificate for a CRL', ['--anchors', 'root.pem', '--crls', 'root.pem', 'chain.pem'], 'root.pem: '],
    ['no time', ['--anchors', 'root.pem', '--at', 'yesterday', 'chain.pem'], '--at: not a time: yesterday'],
    ['no usage', ['--anchors', 'root.pem', '--usage', 'mail', 'chain.pem'], '--usage: '],
    ['no kind of name', ['--anchors', 'root.pem', '--name', 'partner.example', 'chain.pem'], '--name: '],
    ['no anchors', ['chain.pem'], '--anchors'],
    ['no leaf', ['--anchors', 'root.pem'], 'leaf'],
  ])('ends with 2 for %s', async (_, args, message) => {
    const isFile = /\.(pem|key)$/
    const { code, out, err } = await run(...args.map((each) => (isFile.test(each) ? file(each) : each)))
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(err).toContain(message)
  })
})
