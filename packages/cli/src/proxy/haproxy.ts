/** HAProxy 2.2 and newer, in the form of RFC 9440. @module */
import { authority, type ProxyConfiguration, type ProxyDescription } from './description.ts'
import { CERTIFICATE_FIELDS, FORWARDING_FIELDS, title } from './fields.ts'
import { HEADER_KIB, HSTS, OPENSSL_CIPHERS, opensslGroups, TLS_1_3_CIPHERS } from './tls-choices.ts'

export function haproxy(description: ProxyDescription): ProxyConfiguration {
  const { listen, plain, certificate, clientCa, verify, crl, upstream, hybrid, secret } = description
  const client =
    verify === 'app'
      ? `verify optional ca-file ${clientCa} ca-ignore-err all crt-ignore-err all`
      : `verify optional ca-file ${clientCa}${crl === undefined ? '' : ` crl-file ${crl}`}`
  const text = `# Made by "countersign config haproxy".
global
  maxconn 4096
  # A head must fit into half of a buffer, less what is kept for rewriting.
  tune.bufsize ${HEADER_KIB * 2 * 1024}
  # A resumed session would carry a certificate past its expiry.
  tune.ssl.cachesize 0
  ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets
  ssl-default-bind-ciphers ${OPENSSL_CIPHERS.join(':')}
  ssl-default-bind-ciphersuites ${TLS_1_3_CIPHERS.join(':')}
  ssl-default-bind-curves ${opensslGroups(hybrid).join(':')}

defaults
  mode http
  timeout connect 5s
  timeout client 60s
  timeout server 60s
  timeout http-request 10s

frontend countersign
  bind ${authority(listen)} ssl crt ${certificate} alpn h2,http/1.1 ${client}
${removals()}
  http-request set-header X-Forwarded-Proto https
  http-request set-header X-Forwarded-For %[src]
${
  verify === 'app'
    ? '  # Asked for, and the key proven; whether the certificate is trusted is for the application to say.\n  http-request set-header Client-Cert :%[ssl_c_der,base64]: if { ssl_c_used }'
    : '  # ssl_c_verify alone is 0 without a certificate, too.\n  http-request set-header Client-Cert :%[ssl_c_der,base64]: if { ssl_c_used } { ssl_c_verify 0 }'
}
${secretLine(secret)}  http-response set-header Strict-Transport-Security "${HSTS}"
  default_backend countersign_application
${
  plain === undefined
    ? ''
    : `
# No redirect: the application refuses what comes here in words, and learns which keys were exposed.
frontend countersign_plain
  bind ${authority(plain)}
${removals()}
  http-request set-header X-Forwarded-Proto http
  http-request set-header X-Forwarded-For %[src]
${secretLine(secret)}  default_backend countersign_application
`
}
backend countersign_application
  server application ${authority(upstream)}
`
  return {
    files: [{ name: 'haproxy.cfg', text }],
    source: 'rfc9440',
    notes: [
      `HAProxy looks for the key in ${certificate} itself, or in ${certificate}.key beside it.`,
      'Fields of HTTP/1 with a space before the colon are refused by HAProxy itself.',
    ],
  }
}

/** Underscores: `client_cert` is taken for `client-cert` by some applications, so no name with one passes. */
function removals(): string {
  const names = [...CERTIFICATE_FIELDS, ...FORWARDING_FIELDS]
  return [
    '  http-request del-header _ -m sub',
    '  # HAProxy passes on what a client names there; only WebSockets need it.',
    '  http-request del-header connection unless { req.hdr(connection) -i -m sub upgrade }',
    ...names.map((name) => `  http-request del-header ${name}`),
  ].join('\n')
}

function secretLine(secret: ProxyDescription['secret']): string {
  return secret === undefined ? '' : `  http-request set-header ${title(secret.header)} "${secret.value}"\n`
}
