/** Caddy 2.6 and newer, in the form of RFC 9440. @module */
import { authority, type ProxyConfiguration, type ProxyDescription } from './description.ts'
import { CERTIFICATE_FIELDS, FORWARDING_FIELDS, title } from './fields.ts'
import { caddyGroups, HEADER_KIB, HSTS, IANA_CIPHERS } from './tls-choices.ts'

export function caddy(description: ProxyDescription): ProxyConfiguration {
  const { serverName, listen, plain, certificate, key, clientCa, verify, hybrid } = description
  const text = `# Made by "countersign config caddy".
{
	admin off
	auto_https off
	servers {
		max_header_size ${HEADER_KIB}kb
		protocols h1 h2
	}
}

https://${serverName}:${listen.port} {
	bind ${listen.host}
	tls ${certificate} ${key} {
		protocols tls1.2 tls1.3
		ciphers ${IANA_CIPHERS.join(' ')}
		curves ${caddyGroups(hybrid).join(' ')}
		client_auth {
${
  verify === 'app'
    ? '			# Asked for, and the key proven; whether the certificate is trusted is for the application to say.\n			mode request'
    : '			mode verify_if_given'
}
			trusted_ca_cert_file ${clientCa}
		}
	}
	# Read in this order: outside of route, Caddy would remove after it has set.
	@certificate expression {http.request.tls.client.fingerprint} != null
	route {
${removals()}
		request_header @certificate Client-Cert ":{http.request.tls.client.certificate_der_base64}:"
${passing(description, 'https')}
	}
	header Strict-Transport-Security "${HSTS}"
}
${
  plain === undefined
    ? ''
    : `
# No redirect: the application refuses what comes here in words, and learns which keys were exposed.
http://${serverName}:${plain.port} {
	bind ${plain.host}
	route {
${removals()}
${passing(description, 'http')}
	}
}
`
}`
  return {
    files: [{ name: 'Caddyfile', text }],
    source: "'caddy'",
    notes: ['Caddy checks no CRL: revocation is the application’s, as it is behind every proxy.'],
  }
}

/** Names with an underscore first: `client_cert` is taken for `client-cert` by some applications. */
function removals(): string {
  return ['*_*', ...CERTIFICATE_FIELDS.map(title), ...FORWARDING_FIELDS.map(title)]
    .map((name) => `		request_header -${name}`)
    .join('\n')
}

/** reverse_proxy adds X-Forwarded-For, -Proto and -Host by itself unless it is told what to send. */
function passing({ upstream, secret }: ProxyDescription, proto: 'http' | 'https'): string {
  return `		reverse_proxy ${authority(upstream)} {
			header_up X-Forwarded-Proto ${proto}
			header_up X-Forwarded-For {http.request.remote.host}
			header_up -X-Forwarded-Host
${secret === undefined ? '' : `			header_up ${title(secret.header)} "${secret.value}"\n`}		}`
}
