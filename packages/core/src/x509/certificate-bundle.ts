/** Bundles of certificates, read whole or not at all: half a bundle would be another trust store than the one that was meant. @module */
import { type Certificate, parseDer, readCertificateBlocks } from './certificate.ts'
import { CertificateError } from './certificate-error.ts'

/** PEM text with any number of blocks, the DER of one certificate, or a list of these. */
export type CertificateInput = string | Uint8Array | readonly (string | Uint8Array)[]

/**
 * Every certificate of the bundle, in order; at least one. A text without a block, a block of another kind or one broken
 * certificate refuses all of it.
 * @throws CertificateError with the `index` of the certificate
 */
export function parseCertificates(bundle: CertificateInput): Certificate[] {
  const encodings: Uint8Array[] = []
  for (const part of isList(bundle) ? bundle : [bundle]) {
    if (typeof part !== 'string') encodings.push(part)
    else {
      const blocks = readCertificateBlocks(part)
      if (blocks.length === 0) throw new CertificateError('pem-block-missing', 0)
      for (const { bytes } of blocks) encodings.push(bytes)
    }
  }
  if (encodings.length === 0) throw new CertificateError('bundle-empty', 0)
  return encodings.map((der, index) => parseDer(der, index))
}

function isList(bundle: CertificateInput): bundle is readonly (string | Uint8Array)[] {
  return Array.isArray(bundle)
}
