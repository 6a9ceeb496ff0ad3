import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exchangeOf, plain } from '../../test/exchange.ts'
import { parsePem } from '../bytes/pem.ts'
import { type ForwardedOptions, forwarded } from './forwarded.ts'
import type { ForwardedPreset } from './presets.ts'
import { createCertificateReader } from './read-certificate.ts'

interface Captures {
  readonly certificates: Readonly<Record<string, { readonly pem: string }>>
  readonly captures: readonly Capture[]
}

interface Capture {
  readonly id: string
  readonly case: string
  readonly outcome: string
  readonly headers: readonly (readonly [string, string])[] | null
  readonly raw?: string
}

const file = resolve(import.meta.dirname, '../../../../test-fixtures/vectors/captured-headers.json')
const { captures, certificates } = JSON.parse(readFileSync(file, 'utf8')) as Captures

/** The source for each configuration that was captured; what it must make of the client's own copies of the fields. */
const SOURCES: Readonly<
  Record<string, { preset: ForwardedPreset; options?: Partial<ForwardedOptions>; spoofed: 'as without' | string }>
> = {
  'nginx-escaped': { preset: 'nginx', spoofed: 'as without' },
  'nginx-escaped-no-ca': { preset: 'nginx', spoofed: 'as without' },
  'nginx-njs-rfc9440': { preset: 'rfc9440', spoofed: 'as without' },
  'nginx-folded': { preset: 'nginx-folded', spoofed: 'source-untrusted' },
  'nginx-folded-raw': { preset: 'nginx-folded', spoofed: 'source-untrusted' },
  'haproxy-rfc9440': { preset: 'rfc9440', spoofed: 'as without' },
  'haproxy-ignore-errors': { preset: 'haproxy', spoofed: 'as without' },
  'apache-spaced-pem': { preset: 'apache', spoofed: 'header-alias' },
  'apache-base64-pem': { preset: 'apache-base64', spoofed: 'header-alias' },
  'apache-escaped-pem': { preset: 'apache-escaped', spoofed: 'header-alias' },
  'caddy-header-up': { preset: 'caddy', spoofed: 'as without' },
  'caddy-route': { preset: 'rfc9440', spoofed: 'as without' },
  'caddy-require': { preset: 'rfc9440', spoofed: 'as without' },
  // The variable holds line breaks, so Caddy answers 502 as soon as there is a certificate.
  'caddy-pem': {
    preset: 'caddy',
    options: { headers: { certificate: 'x-ssl-client-cert' } },
    spoofed: 'source-untrusted',
  },
}

const SENT_CHAIN = ['haproxy-ignore-errors', 'apache-spaced-pem']

describe('what real proxies forwarded', () => {
  const arrived = captures.filter(({ headers, raw }) => headers !== null || raw !== undefined)

  it.each(arrived.map((capture) => [capture.id, capture.case, capture] as const))(
    '%s: %s',
    (id, situation, capture) => {
      const row = SOURCES[id]
      if (row === undefined) throw new Error(`no source for ${id}`)
      const source = forwarded(row.preset, { from: ['127.0.0.1'], ...row.options })
      const presented = createCertificateReader(source)(
        exchangeOf({ headers: fieldsOf(capture), peer: plain('127.0.0.1') }),
      )
      expect(describePresented(presented)).toEqual(expectedOf(id, situation, row.spoofed))
    },
  )

  it('covers every capture; the rest never reached an application', () => {
    expect(new Set(captures.map(({ id }) => id))).toEqual(new Set(Object.keys(SOURCES)))
    expect(captures.length - arrived.length).toBe(captures.filter(({ outcome }) => outcome !== 'forwarded').length)
  })
})

function fieldsOf({ headers, raw }: Capture): Record<string, string[]> {
  const lines = headers ?? linesOf(raw ?? '')
  const fields: Record<string, string[]> = {}
  for (const [name, value] of lines) {
    const lower = name.toLowerCase()
    fields[lower] ??= []
    fields[lower].push(value)
  }
  return fields
}

/** As a gateway that accepts folded fields passes them on. */
function linesOf(raw: string): readonly (readonly [string, string])[] {
  const head = raw.replace(/\r?\n\t/g, '\t')
  return head.split(/\r?\n/).flatMap((line) => {
    const colon = line.indexOf(':')
    return colon === -1 ? [] : [[line.slice(0, colon), line.slice(colon + 1).trim()] as const]
  })
}

function expectedOf(id: string, situation: string, spoofed: string): unknown {
  if (situation.startsWith('spoofed') && spoofed !== 'as without') return spoofed
  if (situation.includes('no certificate')) return 'nothing'
  if (situation === 'self-signed certificate') return { leaf: 'selfSigned', chain: [] }
  return { leaf: 'client', chain: SENT_CHAIN.includes(id) ? ['issuingCa'] : [] }
}

function describePresented(presented: ReturnType<ReturnType<typeof createCertificateReader>>): unknown {
  if (presented === undefined) return 'nothing'
  if ('code' in presented) return presented.code
  if (presented.kind === 'verdict') return 'a verdict'
  return { leaf: nameOf(presented.leaf), chain: presented.chain.map(nameOf) }
}

function nameOf(der: Uint8Array): string | undefined {
  return Object.keys(certificates).find((name) => {
    const [block] = parsePem(certificates[name]?.pem ?? '')
    return block !== undefined && Buffer.from(block.bytes).equals(der)
  })
}
