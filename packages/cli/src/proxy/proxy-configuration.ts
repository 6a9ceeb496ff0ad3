/** One description, seven languages. @module */
import { apache } from './apache.ts'
import { caddy } from './caddy.ts'
import { checkDescription, type ProxyConfiguration, type ProxyDescription, type ProxyKind } from './description.ts'
import { envoy } from './envoy.ts'
import { haproxy } from './haproxy.ts'
import { istio } from './istio.ts'
import { nginx } from './nginx.ts'
import { traefik } from './traefik.ts'

export interface ProxyVariant {
  /** nginx: write the field of RFC 9440 by way of the njs module. */
  readonly njs?: boolean | undefined
  /** Apache: the folder of its modules. */
  readonly modules?: string | undefined
}

/**
 * Mutual TLS 1.2 and 1.3 with current suites, client copies of every known field removed, the certificate forwarded, HSTS, no
 * redirect from plaintext.
 * @throws UsageError that names what of the description cannot be used
 */
export function proxyConfiguration(
  kind: ProxyKind,
  description: ProxyDescription,
  variant: ProxyVariant = {},
): ProxyConfiguration {
  return GENERATORS[kind](checkDescription(description), variant)
}

export const PROXY_KINDS: readonly ProxyKind[] = ['nginx', 'apache', 'haproxy', 'caddy', 'envoy', 'istio', 'traefik']

const GENERATORS: Readonly<
  Record<ProxyKind, (description: ProxyDescription, variant: ProxyVariant) => ProxyConfiguration>
> = {
  nginx: (description, { njs = false }) => nginx(description, njs),
  apache: (description, { modules }) => apache(description, modules),
  haproxy,
  caddy,
  envoy,
  istio,
  traefik,
}
