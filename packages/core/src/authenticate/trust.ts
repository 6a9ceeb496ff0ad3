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
  const items = listOf(input)
  return atLeastOne(
    items.flatMap((item, at) => loadItem(item, items.length > 1 ? `${option}[${at}]` : option)),
    option,
  )
}

function loadItem(item: unknown, option: string): readonly Labelled[] {
  if (isData(item)) return parse(item, undefined, option)
  if (isCertificateFiles(item)) return item.read().flatMap(({ data, label }) => parse(data, label, option))
  const { label, certificates } = (item ?? {}) as Partial<LabelledCertificates>
  const list = listOf(certificates)
  if (typeof label !== 'string' || label === '' || !list.every(isData)) {
    throw new TypeError(`${option}: PEM text, DER bytes, { label, certificates }, or anchorFiles(path)`)
  }
  return atLeastOne(
    list.flatMap((data) => parse(data, label, option)),
    option,
  )
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

function isData(value: unknown): value is CertificateData {
  return typeof value === 'string' || value instanceof Uint8Array
}

function atLeastOne(loaded: readonly Labelled[], option: string): readonly Labelled[] {
  if (loaded.length > 0) return loaded
  throw new TypeError(`${option}: there is no default; give at least one certificate`)
}

function parse(data: CertificateData, label: string | undefined, option: string): readonly Labelled[] {
  try {
    return parseCertificates(data).map((certificate) => ({ certificate, label }))
  } catch (error) {
    throw new TypeError(`${option}: ${error instanceof Error ? error.message : 'unreadable'}`, { cause: error })
  }
}
