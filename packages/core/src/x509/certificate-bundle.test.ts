import { createAuthority } from '@countersign/testing'
import { beforeAll, expect, it } from 'vitest'
import { parseCertificates } from './certificate-bundle.ts'
import { CertificateError } from './certificate-error.ts'

let one: Awaited<ReturnType<typeof createAuthority>>
let two: Awaited<ReturnType<typeof createAuthority>>

beforeAll(async () => {
  one = await createAuthority({ name: 'One' })
  two = await createAuthority({ name: 'Two' })
})

function faultOf(bundle: Parameters<typeof parseCertificates>[0]): string {
  try {
    parseCertificates(bundle)
  } catch (error) {
    if (!(error instanceof CertificateError)) throw error
    return `${error.code} ${error.index ?? ''}`.trim()
  }
  return 'nothing'
}

it('reads text, octets, and lists of both, in order', () => {
  const names = (bundle: Parameters<typeof parseCertificates>[0]): string[] =>
    parseCertificates(bundle).map(({ subject }) => String(subject))
  const [a, b] = [one.certificate, two.certificate]
  expect(names(a.pem)).toEqual(['CN=One'])
  expect(names(`${a.pem}\n# another\n${b.pem}`)).toEqual(['CN=One', 'CN=Two'])
  expect(names(b.der)).toEqual(['CN=Two'])
  expect(names([b.der, a.pem + b.pem])).toEqual(['CN=Two', 'CN=One', 'CN=Two'])
})

it('refuses all of it for one bad part', () => {
  const [a, b] = [one.certificate.pem, two.certificate.pem]
  expect(faultOf(a + b.replace('\nM', '\n*'))).toBe('pem-base64-invalid')
  expect(faultOf(a + b.replace('BEGIN CERT', 'BEGIN PERT'))).toBe('pem-labels-differ')
  expect(faultOf(a + one.privateKeyPem)).toBe('pem-private-key')
  expect(faultOf([a, ''])).toBe('pem-block-missing')
  expect(faultOf([a, one.certificate.der.slice(1)])).toBe('der-tag-unexpected 1')
  expect(faultOf([a, b, one.certificate.der.slice(0, 100)])).toBe('der-truncated 2')
})

it('refuses nothing at all', () => {
  expect(faultOf('')).toBe('pem-block-missing')
  expect(faultOf([])).toBe('bundle-empty')
})
