/** `countersign config nginx|apache|haproxy|caddy|envoy|istio|traefik`: a proxy's configuration. @module */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Argument, Option } from 'commander'
import { type CommandFactory, UsageError } from '../command/command.ts'
import { type ProxyConfiguration, type ProxyDescription, type ProxyKind, parseAddress } from '../proxy/description.ts'
import { PROXY_KINDS, proxyConfiguration } from '../proxy/proxy-configuration.ts'

interface Options {
  readonly serverName: string
  readonly listen: string
  readonly plain?: string
  readonly certificate: string
  readonly key: string
  readonly clientCa: string
  readonly verify: 'app' | 'proxy'
  readonly crl?: string
  readonly upstream: string
  readonly secret?: string
  readonly hybrid: boolean
  readonly njs: boolean
  readonly modules?: string
  readonly run: string
  readonly out?: string
}

export const config: CommandFactory = (program, io) => {
  program
    .command('config')
    .description('write the configuration of a proxy that ends mutual TLS and forwards the certificate')
    .addArgument(new Argument('<proxy>', 'which one').choices(PROXY_KINDS))
    .requiredOption('--server-name <host>', 'the name that clients call')
    .option('--listen <host:port>', 'where it listens for TLS', '0.0.0.0:443')
    .option('--plain <host:port>', 'also listen for plaintext, for the application to refuse; there is no redirect')
    .requiredOption('--certificate <file>', 'the server’s certificate and chain, PEM')
    .requiredOption('--key <file>', 'its key, PEM')
    .requiredOption('--client-ca <file>', 'the CAs of partners, PEM')
    .addOption(
      new Option('--verify <who>', 'who decides whether a certificate is trusted')
        .choices(['app', 'proxy'])
        .default('app'),
    )
    .option('--crl <file>', 'with --verify proxy: CRLs, PEM')
    .option('--upstream <host:port>', 'the application', '127.0.0.1:3000')
    .option('--secret <header=value>', 'a field by which the application knows the proxy')
    .option('--hybrid', 'name the post-quantum hybrid group; the proxy’s TLS library must have it', false)
    .option('--njs', 'nginx: forward in the form of RFC 9440, by the njs module', false)
    .option('--modules <folder>', 'apache: where its modules are')
    .option('--run <folder>', 'where the proxy may write', '/run/countersign')
    .option('--out <folder>', 'write the files there instead of printing them')
    .action((proxy: ProxyKind, options: Options) => {
      const configuration = proxyConfiguration(proxy, describe(options), { njs: options.njs, modules: options.modules })
      if (options.out === undefined) print(configuration, io.out)
      else write(configuration, options.out, io.out)
      io.err(advice(configuration))
    })
}

function describe(options: Options): ProxyDescription {
  const { serverName, certificate, key, clientCa, verify, crl, hybrid, run } = options
  return {
    serverName,
    certificate,
    key,
    clientCa,
    verify,
    crl,
    hybrid,
    run,
    listen: parseAddress(options.listen, '--listen'),
    plain: options.plain === undefined ? undefined : parseAddress(options.plain, '--plain'),
    upstream: parseAddress(options.upstream, '--upstream'),
    secret: options.secret === undefined ? undefined : parseSecret(options.secret),
  }
}

function parseSecret(text: string): { readonly header: string; readonly value: string } {
  const equals = text.indexOf('=')
  if (equals === -1) throw new UsageError('--secret: HEADER=VALUE')
  return { header: text.slice(0, equals), value: text.slice(equals + 1) }
}

/** One file as it is; several with a line in front of each that every one of these languages takes for a comment. */
function print({ files }: ProxyConfiguration, out: (text: string) => void): void {
  for (const { name, text } of files) out(files.length === 1 ? text : `# --- ${name}\n${text}`)
}

function write({ files }: ProxyConfiguration, folder: string, out: (text: string) => void): void {
  mkdirSync(folder, { recursive: true })
  for (const { name, text } of files) {
    writeFileSync(join(folder, name), text)
    out(`${join(folder, name)}\n`)
  }
}

/** On the error stream, so that the output can go into a file as it is. */
function advice({ source, notes }: ProxyConfiguration): string {
  const call = source === 'rfc9440' ? 'rfc9440({ from: [PROXY] })' : `forwarded(${source}, { from: [PROXY] })`
  return ['', `source: ${call}`, ...notes, ''].join('\n')
}
