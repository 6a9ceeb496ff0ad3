import { CertificateError, parseCertificate, verifyPath } from '@countersign/core/x509'
import { describe, expect, it } from 'vitest'
import { type PathSubject, pathCases, register } from '../src/index.ts'

const subject: PathSubject = {
  name: '@countersign/core/x509',
  features: ['names', 'rsa-pss', 'ed25519', 'p-521'],
  async verify({ leaf, intermediates, anchors, at, names }) {
    try {
      const result = await verifyPath({
        leaf: parseCertificate(leaf),
        intermediates: intermediates.map((der) => parseCertificate(der)),
        anchors: anchors.map((der) => parseCertificate(der)),
        at,
        ...(names === undefined ? {} : { names }),
      })
      return result.ok ? { accepted: true } : { accepted: false, reason: result.reason.code }
    } catch (error) {
      if (error instanceof CertificateError) return { accepted: false, reason: error.code }
      throw error
    }
  },
}

describe(subject.name, () => {
  register(it, pathCases, subject)
})

describe('pathCases', () => {
  it('keep their ids, levels and titles', async () => {
    const lines = pathCases.map(({ id, level, title }) => `${level.padEnd(6)} ${id}: ${title}\n`)
    await expect(lines.join('')).toMatchFileSnapshot('path-cases.txt')
  })
})
