/** The seam to wherever partners and keys are kept. @module */
import type { KeyEnvironment } from '../key/key-format.ts'
import type { MaybePromise } from '../primitives/flow.ts'
import type { AuditFilter, AuditRecord } from './audit.ts'
import type { CertificateNames } from './certificate-names.ts'
import type { CertificateRule, KeyRecord, Partner } from './records.ts'
import type { KeyUse } from './usage.ts'

/** A key and its partner as of one instant. */
export interface KeySnapshot {
  readonly key: KeyRecord
  readonly partner: Partner
}

export interface RegistryWatch {
  close(): void
  /**
   * Whether changes are heard of at this moment. While they are not, nothing may be served from memory: the connection over
   * which a revocation would come is gone. Left out: they always are.
   */
  isLive?(): boolean
}

export type RegistryChange = { readonly keyId: string } | { readonly partnerId: string } | 'everything'

/**
 * What a decision asks. A registry that is down throws or rejects: that answers 503, never 401 and never acceptance.
 * Every answer is checked for its shape before it is believed.
 */
export interface Registry {
  /** One look-up, one snapshot. `undefined`: there is no such key. */
  findKey(id: string, signal: AbortSignal): MaybePromise<KeySnapshot | undefined>
  /** Who a certificate names on its own. `'ambiguous'`: it meets live rules of two partners, which is refused. */
  findPartner(certificate: CertificateNames, signal: AbortSignal): MaybePromise<Partner | 'ambiguous' | undefined>
  /** Whether an operator denied this certificate, by issuer and serial number or by public key. */
  denied?(certificate: CertificateNames, signal: AbortSignal): MaybePromise<boolean>
  /** Tells of every change, its own included, as soon as it is known. */
  watch?(onChange: (change: RegistryChange) => void): RegistryWatch
}

/** Never by certificate fingerprint: an ECDSA signature can be changed without changing what it proves. */
export type CertificateDenial =
  /** `issuer`: the issuer Name, DER in hex. `serialNumber`: content octets in hex. */
  { readonly issuer: string; readonly serialNumber: string } | { readonly publicKey: string }

/** Who changes something, and why. Written to the audit trail. */
export interface Actor {
  readonly by?: string
  readonly why?: string
}

export interface NewPartner {
  readonly id: string
  readonly rules?: readonly CertificateRule[]
  readonly scopes?: readonly string[]
  readonly certificateScopes?: readonly string[]
  readonly metadata?: Readonly<Record<string, unknown>>
  readonly contact?: string
}

export interface NewKey {
  readonly partnerId: string
  readonly scopes?: readonly string[]
  readonly binding?: 'partner' | 'none'
  readonly notBefore?: Date
  readonly notAfter?: Date
  /** Part of the key's prefix. Default `live`. */
  readonly environment?: KeyEnvironment
}

/** A key that another system issued. Its holder keeps it; only its digest is known here. */
export interface ForeignKey extends Omit<NewKey, 'environment'> {
  /** `name` of the format that the verifier was told of: `key.formats`. */
  readonly format: string
  /** SHA-256 of the whole key, hex. */
  readonly sha256: string
  /** The id within the key, where its format has one. Left out: the format finds it by digest. */
  readonly id?: string
}

/** The only moment at which the whole key exists outside its owner's hands. */
export interface IssuedKey {
  readonly key: string
  readonly record: KeyRecord
}

/**
 * The operator's side. Every change is one commit with its audit record. What cannot be done rejects with a `RegistryError`;
 * data that is not of its form with a `TypeError`.
 */
export interface RegistryAdmin extends Registry {
  createPartner(partner: NewPartner, actor?: Actor): Promise<Partner>
  /** Replaces rules, scopes, metadata or contact, each as a whole. */
  updatePartner(id: string, change: Partial<Omit<NewPartner, 'id'>>, actor?: Actor): Promise<Partner>
  suspendPartner(id: string, actor?: Actor): Promise<void>
  restorePartner(id: string, actor?: Actor): Promise<void>
  /** With its keys. The audit trail stays. */
  deletePartner(id: string, actor?: Actor): Promise<void>

  /** Default scopes: all that the partner has now. */
  issueKey(key: NewKey, actor?: Actor): Promise<IssuedKey>
  /**
   * A new key at once, with the scopes, binding and environment of the old one and, unless `notAfter` says otherwise, as
   * long a life. The old one holds until `overlapUntil`, never past its own end. A key is rotated once: rotate its successor.
   */
  rotateKey(id: string, options: KeyRotation, actor?: Actor): Promise<IssuedKey>
  /** A key that stays as its holder has it; see `ForeignFormat`. */
  importKey(key: ForeignKey, actor?: Actor): Promise<KeyRecord>
  /** For good. */
  revokeKey(id: string, actor?: Actor & { readonly cause?: KeyCause }): Promise<void>
  /** Until `restoreKey`. A revoked key stays revoked. */
  suspendKey(id: string, actor?: Actor & { readonly cause?: KeyCause }): Promise<void>
  restoreKey(id: string, actor?: Actor): Promise<void>

  denyCertificate(denial: CertificateDenial, actor?: Actor): Promise<void>
  allowCertificate(denial: CertificateDenial, actor?: Actor): Promise<void>

  getPartner(id: string): Promise<Partner | undefined>
  getKey(id: string): Promise<KeyRecord | undefined>
  /** In order of id, a page at a time. */
  listPartners(page?: Page): Promise<PageOf<Partner>>
  listKeys(filter: { readonly partnerId?: string }, page?: Page): Promise<PageOf<KeyRecord>>
  listDenials(): Promise<readonly CertificateDenial[]>
  /** In order of time, a page at a time. */
  listAudit(filter: AuditFilter, page?: Page): Promise<PageOf<AuditRecord>>

  /** When a key was last used and how often, as far as uses were recorded: `undefined` for never. */
  getUse(keyId: string): Promise<KeyUse | undefined>
  /** Adds a batch of uses; see `usageRecorder`. */
  addUses(uses: readonly KeyUse[]): Promise<void>

  close(): Promise<void>
}

export type KeyCause = NonNullable<KeyRecord['cause']>

export interface KeyRotation {
  readonly overlapUntil: Date
  readonly notAfter?: Date
}

export interface Page {
  /** `next` of the page before. */
  readonly after?: string
  /** Default 100, at most 1000. */
  readonly limit?: number
}

export interface PageOf<T> {
  readonly items: readonly T[]
  /** Absent on the last page. */
  readonly next?: string
}
