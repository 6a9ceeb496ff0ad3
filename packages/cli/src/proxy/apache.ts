/** Apache httpd 2.4.31 and newer, in the form of RFC 9440: PEM on one line, with its armour and spaces edited away. @module */
import { authority, type ProxyConfiguration, type ProxyDescription } from './description.ts'
import { CERTIFICATE_FIELDS, FORWARDING_FIELDS, title, UNDERSCORE_FIELDS } from './fields.ts'
import { HEADER_KIB, HSTS, OPENSSL_CIPHERS, opensslGroups, TLS_1_3_CIPHERS } from './tls-choices.ts'

const MODULES = ['mpm_event', 'authz_core', 'headers', 'http2', 'proxy', 'proxy_http', 'ssl']

/** @param modules where the modules of this Apache lie; Debian's default */
export function apache(description: ProxyDescription, modules = '/usr/lib/apache2/modules'): ProxyConfiguration {
  const { serverName, listen, plain, certificate, key, clientCa, verify, crl, hybrid, run } = description
  const text = `# Made by "countersign config apache". On Debian leave out the lines up to Listen and say instead:
# a2enmod ${MODULES.slice(2).join(' ')}
${MODULES.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`).join('\n')}
PidFile ${run}/apache.pid
DefaultRuntimeDir ${run}
ErrorLog ${run}/error.log
ServerName ${serverName}
ServerTokens Prod
Protocols h2 http/1.1
Listen ${authority(listen)}
${plain === undefined ? '' : `Listen ${authority(plain)}\n`}LimitRequestFieldSize ${HEADER_KIB * 1024}
ProxyRequests Off
# One value of each, written here; what mod_proxy would add to the client's own is not.
ProxyAddHeaders Off
SSLSessionCache none

<VirtualHost ${authority(listen)}>
  ServerName ${serverName}
  SSLEngine on
  SSLProtocol -all +TLSv1.2 +TLSv1.3
  SSLCipherSuite ${OPENSSL_CIPHERS.join(':')}
  SSLCipherSuite TLSv1.3 ${TLS_1_3_CIPHERS.join(':')}
  SSLOpenSSLConfCmd Groups ${opensslGroups(hybrid).join(':')}
  # A resumed session would carry a certificate past its expiry, and to another virtual host.
  SSLSessionTickets off
  SSLCertificateFile ${certificate}
  SSLCertificateKeyFile ${key}
  SSLCACertificateFile ${clientCa}
  SSLVerifyDepth 4
${
  verify === 'app'
    ? '  # Asked for, and the key proven; whether the certificate is trusted is for the application to say.\n  SSLVerifyClient optional_no_ca'
    : `  SSLVerifyClient optional${crl === undefined ? '' : `\n  SSLCARevocationFile ${crl}\n  SSLCARevocationCheck chain`}`
}
  SSLOptions +ExportCertData

${removals()}
  RequestHeader set X-Forwarded-Proto https
  RequestHeader set X-Forwarded-For "expr=%{REMOTE_ADDR}"
  RequestHeader set Client-Cert "%{SSL_CLIENT_CERT}s"
  RequestHeader edit* Client-Cert "-----BEGIN CERTIFICATE-----|-----END CERTIFICATE-----| " ""
  RequestHeader edit Client-Cert "^([A-Za-z0-9+/]+=*)$" ":$1:"
  # Without a certificate the variable reads "(null)".
  RequestHeader unset Client-Cert "expr=-z %{SSL_CLIENT_CERT}"
${secretLine(description)}  Header always set Strict-Transport-Security "${HSTS}"

${passing(description)}
</VirtualHost>
${plain === undefined ? '' : plainHost(description, authority(plain))}`
  return {
    files: [{ name: 'apache.conf', text }],
    source: 'rfc9440',
    notes: [
      'Apache ends the handshake for an expired certificate even where it leaves trust to the application.',
      'The lines that remove fields say "early": without it a later rule could still see what the client sent.',
    ],
  }
}

function removals(): string {
  return [...CERTIFICATE_FIELDS.map(title), ...FORWARDING_FIELDS.map(title), ...UNDERSCORE_FIELDS]
    .map((name) => `  RequestHeader unset ${name} early`)
    .join('\n')
}

function passing({ upstream }: ProxyDescription): string {
  return `  ProxyPreserveHost On
  ProxyPass / http://${authority(upstream)}/ nocanon
  AllowEncodedSlashes NoDecode`
}

function secretLine({ secret }: ProxyDescription): string {
  return secret === undefined ? '' : `  RequestHeader set ${title(secret.header)} "${secret.value}"\n`
}

function plainHost(description: ProxyDescription, listen: string): string {
  return `
# No redirect: the application refuses what comes here in words, and learns which keys were exposed.
<VirtualHost ${listen}>
  ServerName ${description.serverName}
${removals()}
  RequestHeader set X-Forwarded-Proto http
  RequestHeader set X-Forwarded-For "expr=%{REMOTE_ADDR}"
${secretLine(description)}${passing(description)}
</VirtualHost>
`
}
