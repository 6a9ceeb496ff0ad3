/** What source vectors are made of: certificates by name, field lines, and the answer that each must have. @module */
import { createAuthority, createSelfSigned, type Encoded } from '../../../packages/testing/src/index.ts'

/** Text, or pieces of it where a value is too long to be written out. */
export type Value = string | readonly (string | { readonly repeat: string; readonly times: number })[]

export type Line = readonly [name: string, value: Value]

export type Expected =
  /** Nothing was presented. */
  | null
  | { readonly leaf: string; readonly chain: readonly string[] }
  | { readonly names: readonly { kind: string; value: string }[]; readonly fingerprint?: string }
  /** The code of the reason. */
  | string

export interface SourceCase {
  readonly id: string
  readonly title: string
  /** A function of the door `sources`, and what it is called with. */
  readonly source: readonly [name: string, ...options: readonly unknown[]]
  /** Default `hop`: an address that the source trusts, over plaintext. */
  readonly peer?: 'hop' | 'stranger' | 'hop with a certificate' | 'unknown'
  readonly lines?: readonly Line[]
  readonly platform?: unknown
  readonly expected: Expected
}

export interface World {
  readonly leaf: Encoded
  readonly issuing: Encoded
  readonly root: Encoded
  /** Somebody else's. */
  readonly other: Encoded
}

/** The subject and the URI hold every character that separates something in some field. */
export async function createWorld(): Promise<World> {
  const root = await createAuthority({ name: 'Root' })
  const issuing = await root.issueAuthority({ name: 'Issuing' })
  const leaf = await issuing.issueClient({
    name: 'Acme "orders", Inc.; C=XX',
    spiffe: 'spiffe://acme.example/orders',
    uri: ['https://acme.example/;a=b,c'],
    days: 3650,
  })
  const other = await createSelfSigned({ name: 'rogue', days: 3650 })
  return {
    leaf: leaf.certificate,
    issuing: issuing.certificate,
    root: root.certificate,
    other: other.certificate,
  }
}

/** Where every vector's proxy stands. */
export const HOP = '10.0.0.0/8'
