/** A public-key infrastructure as operators make one: with the `openssl` command line and its configuration file. @module */
import { execFileSync } from 'node:child_process'
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface OpenSslPki {
  /** Files, below one folder. */
  readonly root: string
  readonly issuing: string
  readonly crls: string
  readonly server: ClientFiles
  /** A client certificate of the issuing CA. */
  issue(name: string, options?: IssueOptions): ClientFiles
  /** In the index of the CA; `publish` tells the world. */
  revoke(by: 'root' | 'issuing', certificate: string): void
  /** Signs both CRLs anew and replaces the files: the root's in DER, the other in PEM. */
  publish(): void
}

export interface ClientFiles {
  readonly cert: string
  readonly key: string
}

export interface IssueOptions {
  /** Arguments of `openssl genpkey`. */
  readonly algorithm?: readonly string[]
  /** A section of the configuration. */
  readonly profile?: 'client' | 'server_only'
  /** `YYYYMMDDHHMMSSZ` */
  readonly from?: string
  readonly to?: string
}

export const EC: readonly string[] = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']
export const EC_384: readonly string[] = ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-384']
export const RSA: readonly string[] = ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']
export const ED25519: readonly string[] = ['-algorithm', 'ED25519']

/** The SAN of every client certificate. */
export const CLIENT_URI = 'spiffe://acme.example/orders'

export function createPki(folder: string): OpenSslPki {
  const at = (name: string): string => join(folder, name)
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  }
  const request = (name: string, algorithm: readonly string[]): void => {
    openssl('genpkey', ...algorithm, '-out', `${name}.key`)
    openssl(
      'req',
      '-new',
      '-config',
      'openssl.cnf',
      '-key',
      `${name}.key`,
      '-subj',
      `/CN=${name}`,
      '-out',
      `${name}.csr`,
    )
  }
  const sign = (ca: string, profile: string, name: string, dates: readonly string[] = []): void => {
    const config = ['-config', 'openssl.cnf', '-batch', '-notext', '-name', ca, '-extensions', profile]
    openssl('ca', ...config, ...dates, '-in', `${name}.csr`, '-out', `${name}.pem`)
  }
  const selfSign = (name: string, profile: string): void => {
    const config = ['-config', 'openssl.cnf', '-extensions', profile, '-days', '30']
    openssl('req', '-x509', ...config, '-key', `${name}.key`, '-subj', `/CN=${name}`, '-out', `${name}.pem`)
  }

  mkdirSync(at('crls'))
  writeFileSync(at('openssl.cnf'), CONFIG)
  for (const ca of ['root', 'issuing']) {
    mkdirSync(at(`${ca}.issued`))
    writeFileSync(at(`${ca}.index`), '')
    writeFileSync(at(`${ca}.crlnumber`), '01\n')
  }
  openssl('genpkey', ...EC_384, '-out', 'root.key')
  selfSign('root', 'authority')
  request('issuing', RSA)
  sign('root', 'intermediate', 'issuing')
  openssl('genpkey', ...EC, '-out', 'server.key')
  selfSign('server', 'server')

  function publish(): void {
    openssl('ca', '-config', 'openssl.cnf', '-name', 'root', '-gencrl', '-out', 'root.crl.pem')
    openssl('crl', '-in', 'root.crl.pem', '-outform', 'DER', '-out', 'root.crl')
    openssl('ca', '-config', 'openssl.cnf', '-name', 'issuing', '-gencrl', '-out', 'issuing.crl')
    for (const file of ['root.crl', 'issuing.crl']) renameSync(at(file), at(join('crls', file)))
  }

  publish()
  return {
    root: at('root.pem'),
    issuing: at('issuing.pem'),
    crls: at('crls'),
    server: { cert: at('server.pem'), key: at('server.key') },
    issue(name, { algorithm = EC, profile = 'client', from, to } = {}) {
      request(name, algorithm)
      const dates = from === undefined || to === undefined ? [] : ['-startdate', from, '-enddate', to]
      sign('issuing', profile, name, dates)
      return { cert: at(`${name}.pem`), key: at(`${name}.key`) }
    },
    revoke: (by, certificate) => openssl('ca', '-config', 'openssl.cnf', '-name', by, '-revoke', certificate),
    publish,
  }
}

const CONFIG = `
[root]
database         = root.index
new_certs_dir    = root.issued
crlnumber        = root.crlnumber
certificate      = root.pem
private_key      = root.key
rand_serial      = yes
unique_subject   = no
default_md       = sha384
default_days     = 30
default_crl_days = 7
policy           = any_name
crl_extensions   = crl

[issuing]
database         = issuing.index
new_certs_dir    = issuing.issued
crlnumber        = issuing.crlnumber
certificate      = issuing.pem
private_key      = issuing.key
rand_serial      = yes
unique_subject   = no
default_md       = sha256
default_days     = 30
default_crl_days = 7
policy           = any_name
crl_extensions   = crl

[any_name]
commonName = supplied

[req]
distinguished_name = empty

[empty]

[crl]
authorityKeyIdentifier = keyid

[authority]
basicConstraints     = critical, CA:true
keyUsage             = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash

[intermediate]
basicConstraints       = critical, CA:true, pathlen:0
keyUsage               = critical, keyCertSign, cRLSign
subjectKeyIdentifier   = hash
authorityKeyIdentifier = keyid

[client]
basicConstraints       = CA:false
keyUsage               = critical, digitalSignature
extendedKeyUsage       = clientAuth
subjectAltName         = URI:${CLIENT_URI}
subjectKeyIdentifier   = hash
authorityKeyIdentifier = keyid

[server_only]
basicConstraints       = CA:false
keyUsage               = critical, digitalSignature
extendedKeyUsage       = serverAuth
subjectAltName         = URI:${CLIENT_URI}
subjectKeyIdentifier   = hash
authorityKeyIdentifier = keyid

[server]
basicConstraints       = critical, CA:false
keyUsage               = critical, digitalSignature
extendedKeyUsage       = serverAuth
subjectAltName         = IP:127.0.0.1
`
