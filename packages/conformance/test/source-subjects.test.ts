import { type ForwardedOptions, type ForwardedPreset, forwarded } from '@countersign/core/sources'
import { type ForwardFormat, forwardAs, forwardFormats } from '@countersign/testing'
import { describe, expect, it } from 'vitest'
import { register, type SourceFeature, type SourceSubject, sourceCases } from '../src/index.ts'

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

function subjectOf(format: ForwardFormat): SourceSubject {
  const features: readonly SourceFeature[] = ['memory']
  return {
    name: format,
    features,
    source: (from) => forwarded(PRESETS[format], { from, ...RENAMED[format] }),
    present: (client) => carrierFirst(Object.entries(forwardAs(format, client))),
    absent: () => Object.entries(forwardAs(format, undefined)),
  }
}

/** The longest value carries the certificate. */
function carrierFirst(fields: readonly (readonly [string, string])[]) {
  return fields.toSorted(([, a], [, b]) => b.length - a.length)
}

describe.each(forwardFormats())('%s', (format) => {
  register(it, sourceCases, subjectOf(format))
})

describe('sourceCases', () => {
  it('keep their ids, levels and titles', async () => {
    const lines = sourceCases.map(({ id, level, title }) => `${level.padEnd(6)} ${id}: ${title}\n`)
    await expect(lines.join('')).toMatchFileSnapshot('source-cases.txt')
  })
})
