/** The lines that keep fields of clients out, by proxy. @module */
import { title } from '../proxy/fields.ts'

export type RemedyKind = 'nginx' | 'apache' | 'haproxy' | 'caddy' | 'envoy' | 'traefik'

export const REMEDY_KINDS: readonly RemedyKind[] = ['nginx', 'apache', 'haproxy', 'caddy', 'envoy', 'traefik']

/** @param fields lower case, as they got through */
export function remedy(kind: RemedyKind, fields: readonly string[]): readonly string[] {
  const underscored = fields.some((name) => name.includes('_'))
  const plain = fields.filter((name) => !name.includes('_'))
  return REMEDIES[kind](plain, underscored)
}

type Remedy = (plain: readonly string[], underscored: boolean) => readonly string[]

const REMEDIES: Readonly<Record<RemedyKind, Remedy>> = {
  nginx: (plain, underscored) => [
    ...(underscored ? ['underscores_in_headers off;'] : []),
    ...plain.map((name) => `proxy_set_header ${title(name)} "";`),
  ],
  apache: (plain, underscored) => [
    ...(underscored ? ['# by name: Apache has no rule for all names with underscores'] : []),
    ...plain.map((name) => `RequestHeader unset ${title(name)} early`),
  ],
  haproxy: (plain, underscored) => [
    ...(underscored ? ['http-request del-header _ -m sub'] : []),
    ...plain.map((name) => `http-request del-header ${name}`),
  ],
  caddy: (plain, underscored) => [
    ...(underscored ? ['request_header -*_*'] : []),
    ...plain.map((name) => `request_header -${title(name)}`),
  ],
  envoy: (plain, underscored) => [
    ...(underscored ? ['common_http_protocol_options: { headers_with_underscores_action: REJECT_REQUEST }'] : []),
    ...(plain.includes('x-forwarded-client-cert') ? ['forward_client_cert_details: SANITIZE_SET'] : []),
    ...(plain.length > 0 ? [`request_headers_to_remove: [${plain.join(', ')}]`] : []),
  ],
  traefik: (plain, underscored) => [
    ...(underscored ? ['# 3.7.6 and newer remove names with underscores from whoever is not in trustedIPs'] : []),
    ...(plain.length > 0 ? ['customRequestHeaders:'] : []),
    ...plain.map((name) => `  ${title(name)}: ""`),
  ],
}
