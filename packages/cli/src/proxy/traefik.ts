/** Traefik 3: the certificates in X-Forwarded-Tls-Client-Cert. @module */
import { authority, type ProxyConfiguration, type ProxyDescription } from './description.ts'
import { CERTIFICATE_FIELDS, title } from './fields.ts'
import { goGroups, HEADER_KIB, HSTS, IANA_CIPHERS } from './tls-choices.ts'

export function traefik(description: ProxyDescription): ProxyConfiguration {
  const { serverName, listen, plain, certificate, key, clientCa, verify, upstream, hybrid, secret, run } = description
  const fixed = `# Made by "countersign config traefik".
entryPoints:
  websecure:
    address: "${authority(listen)}"
    # Nobody in front is believed: X-Forwarded-* of clients is removed, names with underscores included.
    forwardedHeaders: { insecure: false, trustedIPs: [] }
    http:
      maxHeaderBytes: ${HEADER_KIB * 1024}
${plain === undefined ? '' : `  # No redirection: the application refuses what comes here in words, and learns which keys were exposed.\n  web:\n    address: "${authority(plain)}"\n    forwardedHeaders: { insecure: false, trustedIPs: [] }\n`}providers:
  file:
    filename: ${run}/dynamic.yaml
    watch: true
`
  const changing = `# Made by "countersign config traefik".
tls:
  certificates:
    - { certFile: ${certificate}, keyFile: ${key} }
  options:
    countersign:
      minVersion: VersionTLS12
      cipherSuites: [${IANA_CIPHERS.join(', ')}]
      curvePreferences: [${goGroups(hybrid).join(', ')}]
      # A resumed session would carry a certificate past its expiry.
      disableSessionTickets: true
      clientAuth:
        caFiles: [${clientCa}]
${
  verify === 'app'
    ? '        # Asked for, and the key proven; whether it is trusted is for the application to say.\n        clientAuthType: RequestClientCert'
    : '        clientAuthType: VerifyClientCertIfGiven'
}
http:
  routers:
    countersign:
      rule: Host(\`${serverName}\`)
      entryPoints: [websecure]
      # In this order: what the client sent is removed before the certificate is put in.
      middlewares: [countersign-clean, countersign-certificate]
      service: countersign
      tls: { options: countersign }
${plain === undefined ? '' : `    countersign-plain:\n      rule: Host(\`${serverName}\`)\n      entryPoints: [web]\n      middlewares: [countersign-clean]\n      service: countersign\n`}  middlewares:
    countersign-clean:
      headers:
        customRequestHeaders:
${CERTIFICATE_FIELDS.map((name) => `          ${title(name)}: ""`).join('\n')}
${secret === undefined ? '' : `          ${title(secret.header)}: "${secret.value}"\n`}        customResponseHeaders:
          Strict-Transport-Security: ${HSTS}
    countersign-certificate:
      passTLSClientCert: { pem: true }
  services:
    countersign:
      loadBalancer:
        servers:
          - url: http://${authority(upstream)}
`
  return {
    files: [
      { name: 'traefik.yaml', text: fixed },
      { name: 'dynamic.yaml', text: changing },
    ],
    source: "'traefik'",
    notes: [`Put dynamic.yaml into ${run}/.`],
  }
}
