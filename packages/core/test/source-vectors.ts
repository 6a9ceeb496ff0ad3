/** Reads `test-fixtures/vectors/sources.json` by the sources that it names. Knows nothing of the runtime it runs on. @module */
import type { Peer } from '../src/exchange/exchange.ts'
import { apiGateway } from '../src/source/api-gateway.ts'
import type { CertificateSource } from '../src/source/certificate-source.ts'
import { cloudflareWorkers } from '../src/source/cloudflare-workers.ts'
import { forwarded } from '../src/source/forwarded.ts'
import { platformVerdict } from '../src/source/platform-verdict.ts'
import { createCertificateReader } from '../src/source/read-certificate.ts'
import { zuplo } from '../src/source/zuplo.ts'
import { exchangeOf, plain, tls } from './exchange.ts'

export interface SourceVectors {
  /** DER in base64, by name. */
  readonly certificates: Readonly<Record<string, string>>
  readonly cases: readonly SourceVector[]
}

export interface SourceVector {
  readonly id: string
  readonly title: string
  readonly source: readonly [name: string, ...options: readonly unknown[]]
  readonly peer?: string
  readonly lines?: readonly (readonly [name: string, value: VectorValue])[]
  readonly platform?: unknown
  readonly expected: unknown
}

type VectorValue = string | readonly (string | { readonly repeat: string; readonly times: number })[]

const SOURCES = { forwarded, cloudflareWorkers, apiGateway, zuplo, platformVerdict }

/** What was read, in the words of the vectors: to be equal to `expected`. */
export function readVector(vector: SourceVector, certificates: SourceVectors['certificates']): unknown {
  const peer = peerOf(vector.peer ?? 'hop', certificates)
  const exchange = exchangeOf({ headers: headersOf(vector.lines ?? []), peer, platform: vector.platform })
  const presented = createCertificateReader(createVectorSource(vector))(exchange)
  if (presented === undefined) return null
  if ('code' in presented) return presented.code
  if (presented.kind === 'verdict') {
    const { names, fingerprint } = presented
    return { names, ...(fingerprint === undefined ? {} : { fingerprint }) }
  }
  const nameOf = (der: Uint8Array) => nameByDer(certificates, der)
  return { leaf: nameOf(presented.leaf), chain: presented.chain.map(nameOf) }
}

export function createVectorSource({ source: [name, ...options] }: SourceVector): CertificateSource {
  const create = SOURCES[name as keyof typeof SOURCES] as (...options: readonly unknown[]) => CertificateSource
  return create(...options)
}

function headersOf(lines: NonNullable<SourceVector['lines']>): Record<string, string[]> {
  const headers: Record<string, string[]> = {}
  for (const [name, value] of lines) {
    headers[name] ??= []
    headers[name].push(expand(value))
  }
  return headers
}

function expand(value: VectorValue): string {
  if (typeof value === 'string') return value
  return value.map((part) => (typeof part === 'string' ? part : part.repeat.repeat(part.times))).join('')
}

function peerOf(word: string, certificates: SourceVectors['certificates']): Peer {
  switch (word) {
    case 'hop':
      return plain('10.1.2.3')
    case 'stranger':
      return plain('192.0.2.7')
    case 'hop with a certificate':
      return { ...tls(fromBase64(certificates.other as string)), address: '10.1.2.3' } as Peer
    default:
      return { kind: 'unknown' }
  }
}

function nameByDer(certificates: SourceVectors['certificates'], der: Uint8Array): string {
  const text = btoa(String.fromCharCode(...der))
  return Object.keys(certificates).find((name) => certificates[name] === text) ?? `unknown ${text.slice(0, 40)}`
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
