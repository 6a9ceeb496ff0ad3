import { FORWARDED_PRESETS, forwarded } from '@countersign/core/sources'
import { Gateway } from '@kubernetes-models/istio/networking.istio.io/v1/Gateway'
import { VirtualService } from '@kubernetes-models/istio/networking.istio.io/v1/VirtualService'
import { EnvoyFilter } from '@kubernetes-models/istio/networking.istio.io/v1alpha3/EnvoyFilter'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import type { ProxyDescription } from './description.ts'
import { CERTIFICATE_FIELDS } from './fields.ts'
import { PROXY_KINDS, proxyConfiguration } from './proxy-configuration.ts'

const description: ProxyDescription = {
  serverName: 'api.example',
  listen: { host: '0.0.0.0', port: 443 },
  plain: { host: '0.0.0.0', port: 80 },
  certificate: '/etc/api/api.pem',
  key: '/etc/api/api.key',
  clientCa: '/etc/api/partners.pem',
  verify: 'app',
  upstream: { host: '10.0.0.7', port: 3000 },
  secret: { header: 'X-Hop', value: 'only-the-proxy-and-the-application-know' },
  hybrid: true,
  run: '/run/countersign',
}

const textOf = (kind: (typeof PROXY_KINDS)[number], changed: Partial<ProxyDescription> = {}): string =>
  proxyConfiguration(kind, { ...description, ...changed })
    .files.map(({ text }) => text)
    .join('\n')

describe('the fields that proxies remove', () => {
  it('hold every field that a source reads', () => {
    for (const preset of FORWARDED_PRESETS) {
      const headers = preset === 'azure-api-management' ? { certificate: 'x-client-cert' } : {}
      for (const field of forwarded(preset, { from: ['10.0.0.0/8'], headers }).headers ?? []) {
        expect(CERTIFICATE_FIELDS).toContain(field)
      }
    }
  })
})

describe.each(PROXY_KINDS)('proxyConfiguration(%s)', (kind) => {
  it('removes what the client sent of every known field', () => {
    const text = textOf(kind).toLowerCase()
    const own = { envoy: 'x-forwarded-client-cert', istio: 'x-forwarded-client-cert' } as Record<string, string>
    for (const field of CERTIFICATE_FIELDS) if (field !== own[kind]) expect(text).toContain(field)
  })

  it('offers TLS 1.2 and 1.3 with forward secrecy alone, and never redirects', () => {
    const text = textOf(kind)
    expect(text).not.toMatch(
      /TLS_RSA_|AES\d+-SHA|CBC|TLSv?_?1[._][01]\b|\b30[1278]\b|redirect (?:scheme|prefix)|redirections|httpsRedirect: /,
    )
    expect(text).toMatch(/max-age=63072000/)
  })

  it('says who decides about trust, where the proxy gives the choice', () => {
    if (kind === 'istio') return
    expect(textOf(kind, { verify: 'proxy' })).not.toBe(textOf(kind, { verify: 'app' }))
  })

  it.each<[string, Partial<ProxyDescription>]>([
    ['a server name that is a directive', { serverName: 'a; return 200' }],
    ['a path with a line break', { certificate: '/etc/a\nload_module evil' }],
    ['a path with a brace', { clientCa: '/etc/{env.SECRET}' }],
    ['a path with a quote', { key: '/etc/a"b' }],
    ['a port that is none', { listen: { host: '0.0.0.0', port: 70_000 } }],
    ['an upstream that is a directive', { upstream: { host: 'a b', port: 1 } }],
    ['a weak secret', { secret: { header: 'x-hop', value: 'short' } }],
    ['a secret with a quote', { secret: { header: 'x-hop', value: `${'a'.repeat(40)}"` } }],
    ['a field name that is none', { secret: { header: 'x hop', value: 'a'.repeat(40) } }],
    ['a CRL that nobody would read', { crl: '/etc/crl.pem', verify: 'app' }],
  ])('refuses %s', (_, changed) => {
    expect(() => proxyConfiguration(kind, { ...description, ...changed })).toThrow(/^--/)
  })
})

describe('what cannot be tried against the real program', () => {
  it('is YAML of Envoy’s form: SANITIZE_SET with certificate and chain, behind a TLS context that asks for one', () => {
    const { listeners, clusters } = parse(textOf('envoy')).static_resources
    const [tls, plain] = listeners
    const [chain] = tls.filter_chains
    expect(chain.transport_socket.typed_config).toMatchObject({
      require_client_certificate: false,
      common_tls_context: {
        tls_params: {
          tls_minimum_protocol_version: 'TLSv1_2',
          ecdh_curves: ['X25519MLKEM768', 'X25519', 'P-256', 'P-384'],
        },
        validation_context: { trust_chain_verification: 'ACCEPT_UNTRUSTED' },
      },
    })
    const manager = chain.filters[0].typed_config
    expect(manager).toMatchObject({
      forward_client_cert_details: 'SANITIZE_SET',
      set_current_client_cert_details: { cert: true, chain: true },
      use_remote_address: true,
      common_http_protocol_options: { headers_with_underscores_action: 'REJECT_REQUEST' },
    })
    expect(manager.route_config.virtual_hosts[0].routes[0].route.cluster).toBe(clusters[0].name)
    expect(plain.filter_chains[0].filters[0].typed_config.forward_client_cert_details).toBe('SANITIZE')
  })

  it('meets the schemas of Istio’s resources', () => {
    const [gateway, service, filter] = parseAllDocuments(textOf('istio')).map((document) => document.toJS())
    expect(() => new Gateway(gateway).validate()).not.toThrow()
    expect(() => new VirtualService(service).validate()).not.toThrow()
    expect(() => new EnvoyFilter(filter).validate()).not.toThrow()
    expect(gateway.spec.servers[0].tls.mode).toBe('OPTIONAL_MUTUAL')
  })

  it('is YAML of Traefik’s form: what clients sent is removed before the certificate is put in', () => {
    const [fixed, changing] = proxyConfiguration('traefik', description).files.map(({ text }) => parse(text))
    expect(fixed.entryPoints.websecure.forwardedHeaders).toEqual({ insecure: false, trustedIPs: [] })
    expect(changing.tls.options.countersign).toMatchObject({
      minVersion: 'VersionTLS12',
      clientAuth: { clientAuthType: 'RequestClientCert' },
    })
    const { routers, middlewares, services } = changing.http
    expect(routers.countersign.middlewares).toEqual(['countersign-clean', 'countersign-certificate'])
    expect(middlewares['countersign-clean'].headers.customRequestHeaders['X-Forwarded-TLS-Client-Cert']).toBe('')
    expect(middlewares['countersign-certificate']).toEqual({ passTLSClientCert: { pem: true } })
    expect(Object.keys(services)).toContain(routers.countersign.service)
  })
})
