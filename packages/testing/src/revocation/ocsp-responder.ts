/** An OCSP responder as a function from request to response (RFC 6960), to be put behind a server or a mock. @module */
import { childrenOf, type Element, readElement } from '../der/read.ts'
import { toHex } from '../der/text.ts'
import * as der from '../der/write.ts'
import type { IssuedCertificate } from '../pki/certificate.ts'
import { EXTENSION_OIDS } from '../pki/extensions.ts'
import { type CertificateStatus, type OcspAnswer, type OcspEnvelope, signOcspResponse } from './ocsp-response.ts'

/** What is asked for: the certificates, and the nonce to be repeated. */
export interface OcspRequest {
  readonly certificates: readonly { readonly certId: Uint8Array; readonly serialNumber: string }[]
  readonly nonce: Uint8Array | undefined
}

export interface OcspResponderOptions extends OcspEnvelope {
  /** The status of a serial number (lower-case hexadecimal), now, or a whole answer. */
  readonly statusOf: (serialNumber: string) => CertificateStatus | Omit<OcspAnswer, 'for'>
  /** Default: `repeat`. */
  readonly nonces?: 'repeat' | 'ignore'
}

/** Answers requests about certificates of `issuer`; what is no request gets `malformedRequest`. */
export function createOcspResponder(
  issuer: IssuedCertificate,
  options: OcspResponderOptions,
): (request: Uint8Array) => Promise<Uint8Array<ArrayBuffer>> {
  return async (bytes) => {
    const request = parseOcspRequest(bytes)
    if (request === undefined) return signOcspResponse(issuer, [], { responseStatus: 'malformedRequest' })
    const answers = request.certificates.map(({ certId, serialNumber }) => {
      const status = options.statusOf(serialNumber)
      return { for: { certId }, ...(typeof status === 'string' ? { status } : status) }
    })
    const repeated = options.nonces === 'ignore' || request.nonce === undefined ? {} : { nonce: request.nonce }
    return signOcspResponse(issuer, answers, { ...repeated, ...options })
  }
}

/** Undefined for what is no OCSPRequest. */
export function parseOcspRequest(bytes: Uint8Array): OcspRequest | undefined {
  try {
    const [tbsRequest] = childrenOf(bytes)
    if (tbsRequest === undefined) return undefined
    const fields = childrenOf(tbsRequest.encoding)
    const list = fields.find(({ tag }) => tag === 0x30)
    if (list === undefined) return undefined
    const certificates = childrenOf(list.encoding).map((request) => {
      const certId = readElement(request.contents)
      const serial = childrenOf(certId.encoding)[3]?.contents ?? new Uint8Array()
      return { certId: certId.encoding, serialNumber: toHex(serial).replace(/^(?:00)+(?=.)/, '') }
    })
    const extensions = fields.find(({ tag }) => tag === 0xa2)
    return { certificates, nonce: extensions && nonceAmong(childrenOf(extensions.contents)) }
  } catch {
    return undefined
  }
}

function nonceAmong(extensions: readonly Element[]): Uint8Array | undefined {
  const wanted = toHex(der.objectIdentifier(EXTENSION_OIDS.ocspNonce))
  for (const { encoding } of extensions) {
    const fields = childrenOf(encoding)
    const [oid] = fields
    const value = fields.at(-1)
    if (oid !== undefined && value !== undefined && toHex(oid.encoding) === wanted)
      return readElement(value.contents).contents
  }
  return undefined
}
