/** An Istio ingress gateway 1.20 and newer: certificate, chain and hash in x-forwarded-client-cert, as from Envoy. @module */
import type { ProxyConfiguration, ProxyDescription } from './description.ts'
import { CERTIFICATE_FIELDS } from './fields.ts'
import { HSTS, OPENSSL_CIPHERS } from './tls-choices.ts'

export function istio(description: ProxyDescription): ProxyConfiguration {
  const { serverName, listen, plain, verify, crl, upstream, secret } = description
  const removed = CERTIFICATE_FIELDS.filter((name) => name !== 'x-forwarded-client-cert')
  const text = `# Made by "countersign config istio". The secret ${CREDENTIAL} holds tls.crt, tls.key and ca.crt, the CAs of partners.
apiVersion: networking.istio.io/v1
kind: Gateway
metadata:
  name: countersign
  namespace: istio-system
spec:
  selector:
    istio: ingressgateway
  servers:
    - hosts: ["${serverName}"]
      port: { number: ${listen.port}, name: https, protocol: HTTPS }
      tls:
        # Asked for; whoever has none is told so by the application, in words.
        mode: OPTIONAL_MUTUAL
        credentialName: ${CREDENTIAL}
        minProtocolVersion: TLSV1_2
        cipherSuites: [${OPENSSL_CIPHERS.join(', ')}]
${
  plain === undefined
    ? ''
    : `    # No redirect: the application refuses what comes here in words, and learns which keys were exposed.
    - hosts: ["${serverName}"]
      port: { number: ${plain.port}, name: http, protocol: HTTP }
`
}---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: countersign
  namespace: istio-system
spec:
  hosts: ["${serverName}"]
  gateways: [countersign]
  http:
    - headers:
        request:
          remove: [${removed.join(', ')}]
${secret === undefined ? '' : `          set: { ${secret.header.toLowerCase()}: "${secret.value}" }\n`}        response:
          set: { strict-transport-security: ${HSTS} }
      route:
        - destination: { host: ${upstream.host}, port: { number: ${upstream.port} } }
---
# The gateway replaces the field that clients send, and puts the certificate itself in, not only its hash.
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata:
  name: countersign
  namespace: istio-system
spec:
  workloadSelector:
    labels:
      istio: ingressgateway
  configPatches:
    - applyTo: NETWORK_FILTER
      match:
        context: GATEWAY
        listener:
          filterChain:
            filter:
              name: envoy.filters.network.http_connection_manager
      patch:
        operation: MERGE
        value:
          typed_config:
            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
            forward_client_cert_details: SANITIZE_SET
            set_current_client_cert_details: { cert: true, chain: true }
            common_http_protocol_options: { headers_with_underscores_action: REJECT_REQUEST }
`
  return {
    files: [{ name: 'istio.yaml', text }],
    source: "'istio'",
    notes: [
      ...(verify === 'app'
        ? ['An Istio gateway always verifies: OPTIONAL_MUTUAL ends the handshake for a certificate of an unknown CA.']
        : []),
      ...(crl === undefined ? [] : ['The CRL goes into the secret as ca.crl.']),
      'The application’s sidecar adds an element of its own if it forwards too: then the source needs elements: 2.',
    ],
  }
}

const CREDENTIAL = 'countersign-gateway'
