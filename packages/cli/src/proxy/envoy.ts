/** Envoy 1.30 and newer: certificate, chain and hash in x-forwarded-client-cert. @module */
import type { Address, ProxyConfiguration, ProxyDescription } from './description.ts'
import { CERTIFICATE_FIELDS, FORWARDING_FIELDS } from './fields.ts'
import { HEADER_KIB, HSTS, OPENSSL_CIPHERS, opensslGroups } from './tls-choices.ts'

export function envoy(description: ProxyDescription): ProxyConfiguration {
  const { listen, plain, certificate, key, clientCa, verify, crl, upstream, hybrid } = description
  const text = `# Made by "countersign config envoy".
static_resources:
  listeners:
    - name: countersign
      address: ${address(listen)}
      filter_chains:
        - transport_socket:
            name: envoy.transport_sockets.tls
            typed_config:
              "@type": type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext
              require_client_certificate: false
              # A resumed session would carry a certificate past its expiry.
              disable_stateless_session_resumption: true
              disable_stateful_session_resumption: true
              common_tls_context:
                alpn_protocols: [h2, http/1.1]
                tls_params:
                  tls_minimum_protocol_version: TLSv1_2
                  tls_maximum_protocol_version: TLSv1_3
                  cipher_suites: [${OPENSSL_CIPHERS.join(', ')}]
                  ecdh_curves: [${opensslGroups(hybrid).join(', ')}]
                tls_certificates:
                  - certificate_chain: { filename: ${certificate} }
                    private_key: { filename: ${key} }
                validation_context:
                  trusted_ca: { filename: ${clientCa} }
${
  verify === 'app'
    ? '                  # Asked for, and the key proven; whether it is trusted is for the application to say.\n                  trust_chain_verification: ACCEPT_UNTRUSTED'
    : `                  trust_chain_verification: VERIFY_TRUST_CHAIN${crl === undefined ? '' : `\n                  crl: { filename: ${crl} }`}`
}
          filters:
${manager(description, 'https')}
${
  plain === undefined
    ? ''
    : `    # No redirect: the application refuses what comes here in words, and learns which keys were exposed.
    - name: countersign_plain
      address: ${address(plain)}
      filter_chains:
        - filters:
${manager(description, 'http')}
`
}  clusters:
    - name: countersign_application
      type: STATIC
      connect_timeout: 5s
      load_assignment:
        cluster_name: countersign_application
        endpoints:
          - lb_endpoints:
              - endpoint: { address: ${address(upstream)} }
`
  return {
    files: [{ name: 'envoy.yaml', text }],
    source: "'envoy'",
    notes: ['SANITIZE_SET replaces what the client sent; APPEND_FORWARD and ALWAYS_FORWARD_ONLY would pass it on.'],
  }
}

function manager({ secret }: ProxyDescription, scheme: 'http' | 'https'): string {
  const removed = [...CERTIFICATE_FIELDS, ...FORWARDING_FIELDS].filter(
    (name) => !['x-forwarded-client-cert', 'x-forwarded-proto', 'x-forwarded-for'].includes(name),
  )
  return `            - name: envoy.filters.network.http_connection_manager
              typed_config:
                "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                stat_prefix: countersign_${scheme}
                codec_type: AUTO
                # X-Forwarded-For and X-Forwarded-Proto are written anew for whoever is not a proxy in front.
                use_remote_address: true
                xff_num_trusted_hops: 0
                max_request_headers_kb: ${HEADER_KIB}
                common_http_protocol_options:
                  # client_cert is taken for client-cert by some applications.
                  headers_with_underscores_action: REJECT_REQUEST
                forward_client_cert_details: ${scheme === 'https' ? 'SANITIZE_SET' : 'SANITIZE'}
${scheme === 'https' ? '                set_current_client_cert_details: { cert: true, chain: true }\n' : ''}                http_filters:
                  - name: envoy.filters.http.router
                    typed_config:
                      "@type": type.googleapis.com/envoy.extensions.filters.http.router.v3.Router
                route_config:
                  name: countersign
                  request_headers_to_remove: [${removed.join(', ')}]
${
  secret === undefined
    ? ''
    : `                  request_headers_to_add:
                    - header: { key: ${secret.header.toLowerCase()}, value: "${secret.value}" }
                      append_action: OVERWRITE_IF_EXISTS_OR_ADD
`
}${
  scheme === 'https'
    ? `                  response_headers_to_add:
                    - header: { key: strict-transport-security, value: ${HSTS} }
                      append_action: OVERWRITE_IF_EXISTS_OR_ADD
`
    : ''
}                  virtual_hosts:
                    - name: countersign
                      domains: ["*"]
                      routes:
                        - match: { prefix: / }
                          route: { cluster: countersign_application }`
}

function address({ host, port }: Address): string {
  return `{ socket_address: { address: "${host}", port_value: ${port} } }`
}
