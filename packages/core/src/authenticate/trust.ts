/** The configured anchors and intermediates, with an epoch that changes whenever they do. @module */

import { createTrustAnchor, type TrustAnchor } from '../path/trust-anchor.ts'
import type { Certificate } from '../x509/certificate.ts'
import { parseCertificates } from '../x509/certificate-bundle.ts'
import { type CertificateFiles, isCertificateFiles } from './certificate-files.ts'

/** PEM text (one or several certificates), or DER. */
export type CertificateData = string | Uint8Array

/** Certificates under a name that partner rules can refer to. */
export interface LabelledCertificates {
  readonly label: string
  readonly certificates: CertificateData | readonly CertificateData[]
}

export type CertificateInput =
  | CertificateData
  | CertificateFiles
  | readonly (CertificateData | LabelledCertificates | CertificateFiles)[]

export interface Trust {
  /** Grows with each change: what was verified under another epoch counts for nothing. */
  readonly epoch: number
  readonly anchors: readonly ConfiguredAnchor[]
  readonly intermediates: readonly Certificate[]
  /** One CA alone can have issued any name. */
  readonly onlyAnchor: boolean
}

/** An anchor is configured as a certificate, and what it says of itself binds. */
export type ConfiguredAnchor = TrustAnchor & { readonly certificate: Certificate }

interface Labelled {
  readonly certificate: Certificate
  readonly label: string | undefined
}

/** @throws TypeError naming the option, for nothing, for an empty list, or for a bundle of which one part is broken */
export function createTrust(
  anchors: CertificateInput,
  intermediates: CertificateInput | undefined,
  epoch: number,
): Trust {
  const trusted = load(anchors, 'certificate.anchors')
  const helpers = intermediates === undefined ? [] : load(intermediates, 'certificate.intermediates')
  return {
    epoch,
    anchors: trusted.map(({ certificate, label }) => ({ ...createTrustAnchor(certificate, label), certificate })),
    intermediates: helpers.map(({ certificate }) => certificate),
    onlyAnchor: trusted.length === 1,
  }
}

/** The file-backed parts of an input, so that they can be watched. */
export function filesOf(input: CertificateInput | undefined): readonly CertificateFiles[] {
  if (input === undefined) return []
  return (Array.isArray(input) ? input : [input]).filter(isCertificateFiles)
}

function load(input: unknown, option: string): readonly Labelled[] {
  const items: readonly unknown[] = Array.isArray(input) ? input : [input]
  const loaded = items.flatMap((item, at) => loadItem(item, items.length > 1 ? `${option}[${at}]` : option))
  if (loaded.length === 0) throw new TypeError(`${option}: there is no default; give at least one certificate`)
  return loaded
}

function loadItem(item: unknown, option: string): readonly Labelled[] {
  if (typeof item === 'string' || item instanceof Uint8Array) return parse(item, undefined, option)
  if (isCertificateFiles(item)) return item.read().flatMap(({ data, label }) => parse(data, label, option))
  const { label, certificates } = (item ?? {}) as Partial<LabelledCertificates>
  if (typeof label !== 'string' || label === '' || certificates === undefined) {
    throw new TypeError(`${option}: PEM text, DER bytes, { label, certificates }, or anchorFiles(path)`)
  }
  const list: readonly unknown[] = Array.isArray(certificates) ? certificates : [certificates]
  if (list.length === 0) throw new TypeError(`${option}: no certificate under the label "${label}"`)
  return list.flatMap((data) => {
    if (typeof data === 'string' || data instanceof Uint8Array) return parse(data, label, option)
    throw new TypeError(`${option}: certificates under a label are PEM text or DER bytes`)
  })
}

function parse(data: CertificateData, label: string | undefined, option: string): readonly Labelled[] {
  try {
    return parseCertificates(data).map((certificate) => ({ certificate, label }))
  } catch (error) {
    throw new TypeError(`${option}: ${error instanceof Error ? error.message : 'unreadable'}`, { cause: error })
  }
}
