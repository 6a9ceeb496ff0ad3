/** nginx 1.19 and newer. It has no variable for DER, so the certificate goes percent-encoded, and by njs in the form of RFC 9440. @module */
import { authority, type ProxyConfiguration, type ProxyDescription } from './description.ts'
import { CERTIFICATE_FIELDS, FORWARDING_FIELDS, title } from './fields.ts'
import { HSTS, OPENSSL_CIPHERS, opensslGroups } from './tls-choices.ts'

/** @param njs has the njs module write the field of RFC 9440 */
export function nginx(description: ProxyDescription, njs: boolean): ProxyConfiguration {
  const { serverName, listen, plain, certificate, key, clientCa, verify, crl, upstream, hybrid, run } = description
  const carrier = njs ? 'client-cert' : 'x-ssl-client-cert'
  const cleared = [...CERTIFICATE_FIELDS, ...FORWARDING_FIELDS].filter((name) => name !== carrier)
  const text = `# Made by "countersign config nginx".
${njs ? 'load_module modules/ngx_http_js_module.so;\n' : ''}worker_processes auto;
pid ${run}/nginx.pid;
error_log ${run}/error.log warn;
events {}

http {
  access_log off;
  server_tokens off;
  client_body_temp_path ${run}/body;
  proxy_temp_path ${run}/proxy;
  fastcgi_temp_path ${run}/fastcgi;
  uwsgi_temp_path ${run}/uwsgi;
  scgi_temp_path ${run}/scgi;
  # X_SSL_Client_Cert is dropped: some applications take it for X-SSL-Client-Cert.
  underscores_in_headers off;
  large_client_header_buffers 4 16k;
${njs ? `  js_path ${run}/;\n  js_import countersign from countersign.js;\n  js_set $countersign_certificate countersign.certificate;\n` : ''}
  upstream countersign_application {
    server ${authority(upstream)};
    keepalive 32;
  }

  server {
    listen ${authority(listen)} ssl http2;
    server_name ${serverName};

    ssl_certificate ${certificate};
    ssl_certificate_key ${key};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_ciphers ${OPENSSL_CIPHERS.join(':')};
    ssl_prefer_server_ciphers off;
${hybrid ? `    ssl_ecdh_curve ${opensslGroups(true).join(':')};` : '    # On OpenSSL 3.5 and newer the default groups begin with X25519MLKEM768.'}
    # A resumed session would carry a certificate past its expiry, and between servers that share a cache.
    ssl_session_tickets off;
    ssl_session_cache off;

    ssl_client_certificate ${clientCa};
    ssl_verify_depth 4;
${
  verify === 'app'
    ? '    # Asked for, and the key proven; whether the certificate is trusted is for the application to say.\n    ssl_verify_client optional_no_ca;'
    : `    ssl_verify_client optional;${crl === undefined ? '' : `\n    ssl_crl ${crl};`}`
}

    add_header Strict-Transport-Security "${HSTS}" always;

${fields(description, 'https', carrier, njs ? '$countersign_certificate' : '$ssl_client_escaped_cert', cleared)}
${verify === 'app' ? '    # An expired certificate, which nginx would answer with a page of its own.\n    error_page 495 = @application;\n    location @application { proxy_pass http://countersign_application; }\n' : ''}    location / { proxy_pass http://countersign_application; }
  }
${plain === undefined ? '' : plainServer(description, authority(plain), cleared, carrier)}}
`
  return {
    files: [{ name: 'nginx.conf', text }, ...(njs ? [{ name: 'countersign.js', text: NJS }] : [])],
    source: njs ? 'rfc9440' : "'nginx'",
    notes: [
      'Give no location a proxy_set_header of its own: one makes nginx drop all that are inherited.',
      ...(njs ? [`Put countersign.js into ${run}/.`] : []),
    ],
  }
}

function fields(
  { secret }: ProxyDescription,
  proto: 'http' | 'https',
  carrier: string,
  value: string,
  cleared: readonly string[],
): string {
  const set = (name: string, text: string) => `    proxy_set_header ${title(name)} ${text};`
  return [
    '    proxy_http_version 1.1;',
    '    proxy_set_header Connection "";',
    '    proxy_set_header Host $host;',
    set(carrier, value),
    set('x-forwarded-proto', proto),
    set('x-forwarded-for', '$remote_addr'),
    ...(secret === undefined ? [] : [set(secret.header, `"${secret.value}"`)]),
    '    # Whatever the client sent of these is gone: an empty value removes a field.',
    ...cleared
      .filter((name) => !['x-forwarded-proto', 'x-forwarded-for'].includes(name))
      .map((name) => set(name, '""')),
  ].join('\n')
}

/** No redirect: a client that follows one has already sent its key in plaintext, and goes on doing so unseen. */
function plainServer(
  description: ProxyDescription,
  listen: string,
  cleared: readonly string[],
  carrier: string,
): string {
  return `
  # The application answers what comes here with a refusal that says why, and learns which keys were exposed.
  server {
    listen ${listen};
    server_name ${description.serverName};
${fields(description, 'http', carrier, '""', cleared)}
    location / { proxy_pass http://countersign_application; }
  }
`
}

const NJS = `// The client's certificate as a byte sequence (RFC 9440): base64 of the DER, between colons.
function certificate(r) {
  const pem = r.variables.ssl_client_raw_cert
  if (!pem) return ''
  return ':' + pem.replace(/-----[A-Z ]+-----|\\s/g, '') + ':'
}

export default { certificate }
`
