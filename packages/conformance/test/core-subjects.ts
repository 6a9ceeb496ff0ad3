/** What the core brings as subjects of the suite: its registries that need no server, its sources, its path validator. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileRegistry, sqliteRegistry } from '@countersign/core/node'
import { memoryRegistry } from '@countersign/core/registry'
import { type ForwardedOptions, type ForwardedPreset, forwarded } from '@countersign/core/sources'
import { CertificateError, parseCertificate, verifyPath } from '@countersign/core/x509'
import { type ForwardFormat, forwardAs, forwardFormats } from '@countersign/testing'
import type { PathSubject, RegistryFeature, RegistrySubject, SourceSubject } from '../src/index.ts'

/** `npm run test:registries` has time for what takes the slower ones ten seconds and more. */
const atScale: readonly RegistryFeature[] = process.env.COUNTERSIGN_REGISTRIES === 'full' ? ['scale'] : []

export const registrySubjects: readonly RegistrySubject[] = [
  {
    name: 'memoryRegistry',
    features: ['scale'],
    create: async () => ({ open: (options) => memoryRegistry(options), dispose: async () => undefined }),
  },
  {
    name: 'fileRegistry',
    features: ['durable', 'shared', ...atScale],
    create: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'registry-'))
      return {
        open: (options) => fileRegistry(join(folder, 'partners.json'), { missing: 'create', ...options }),
        dispose: async () => rmSync(folder, { recursive: true, force: true }),
      }
    },
  },
  {
    name: 'sqliteRegistry',
    features: ['durable', 'shared', 'scale'],
    create: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'registry-'))
      return {
        open: (options) => sqliteRegistry(join(folder, 'partners.sqlite'), { missing: 'create', ...options }),
        dispose: async () => rmSync(folder, { recursive: true, force: true }),
      }
    },
  },
]

export const pathSubject: PathSubject = {
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

/** By which name each format of @countersign/testing is read. */
const PRESETS: Readonly<Record<ForwardFormat, ForwardedPreset>> = {
  rfc9440: 'rfc9440',
  'nginx-escaped': 'nginx',
  'haproxy-der': 'haproxy',
  'haproxy-quoted-der': 'haproxy',
  'openshift-router': 'openshift-router',
  'caddy-der': 'caddy',
  'apache-spaced-pem': 'apache',
  'apache-escaped-pem': 'apache-escaped',
  'envoy-xfcc': 'envoy',
  'traefik-pem': 'traefik',
  'traefik-escaped-pem': 'traefik',
  'aws-alb-passthrough': 'aws-alb-passthrough',
  'aws-alb-verify': 'aws-alb-verify',
  'aws-cloudfront-viewer': 'aws-cloudfront-viewer',
  'cloudflare-access': 'cloudflare-access',
  'azure-app-service': 'azure-app-service',
  'gcp-alb': 'gcp-alb',
  'kong-metadata': 'kong-metadata',
  'akamai-der': 'akamai',
}

/** Names that are not those of the preset. */
const RENAMED: { readonly [F in ForwardFormat]?: Pick<ForwardedOptions, 'headers'> } = {
  'haproxy-quoted-der': { headers: { certificate: 'x-ssl-cert' } },
}

/** Which of them, as @countersign/testing writes them, hand on what the client sent behind its leaf. */
const WITH_CHAIN: readonly ForwardFormat[] = [
  'rfc9440',
  'envoy-xfcc',
  'traefik-pem',
  'traefik-escaped-pem',
  'aws-alb-passthrough',
  'gcp-alb',
  'kong-metadata',
]

export const sourceSubjects: readonly SourceSubject[] = forwardFormats().map(subjectOf)

function subjectOf(format: ForwardFormat): SourceSubject {
  return {
    name: format,
    features: WITH_CHAIN.includes(format) ? ['chain', 'memory'] : ['memory'],
    source: (from) => forwarded(PRESETS[format], { from, ...RENAMED[format] }),
    present: (client) => carrierFirst(Object.entries(forwardAs(format, client))),
    absent: () => Object.entries(forwardAs(format, undefined)),
  }
}

/** The longest value carries the certificate. */
function carrierFirst(fields: readonly (readonly [string, string])[]) {
  return fields.toSorted(([, a], [, b]) => b.length - a.length)
}
