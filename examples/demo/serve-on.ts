/** Goes on serving after the cases: files for `curl`, lines to paste, and what the operator sees of each request. @module */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AcceptedEvent, RefusedEvent } from '@countersign/core'
import type { Credential } from './call.ts'
import type { DemoApi } from './demo.ts'
import type { Style } from './report.ts'
import type { World } from './world.ts'

interface Files {
  readonly folder: string
  /** Arguments of `curl` that present a certificate. */
  readonly acme: string
  readonly ofUnknownCa: string
  readonly acmeByGlobex: string
  readonly serverCa: string
  readonly nextCrl: string
}

/** Until somebody ends the process. */
export async function serveOn(
  world: World,
  apis: readonly DemoApi[],
  style: Style,
  print: (text: string) => void,
): Promise<void> {
  const files = await writeFiles(world)
  print(formatLines(world, files, apis, style))
  world.authenticator.on('accepted', (event) => print(formatAccepted(event, style)))
  world.authenticator.on('refused', (event) => print(formatRefused(event, style)))
}

async function writeFiles(world: World): Promise<Files> {
  const { folder, certificates } = world
  const write = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  const credential = (name: string, { cert, key }: Credential): string =>
    `--cert ${write(`${name}.pem`, cert)} --key ${write(`${name}.key`, key)}`
  const acme = await world.issueAcme()
  return {
    folder,
    acme: credential('acme', acme.tls),
    ofUnknownCa: credential('nobody', certificates.ofUnknownCa),
    acmeByGlobex: credential('globex', certificates.acmeByGlobex),
    serverCa: write('server-ca.pem', world.serverCa),
    nextCrl: write('next-crl.pem', await world.acmeCrl([acme])),
  }
}

function formatLines({ keys }: World, files: Files, apis: readonly DemoApi[], style: Style): string {
  const [first] = apis as readonly [DemoApi, ...DemoApi[]]
  const curl = (url: string, ...credentials: readonly string[]): string =>
    [`curl -i ${url} --cacert ${files.serverCa}`, ...credentials].join(' \\\n  ')
  const key = (apiKey: string): string => `-H 'Authorization: Bearer ${apiKey}'`
  const { secure, plain } = first
  const orders = `${secure}/orders`
  const lines: readonly (readonly [what: string, line: string])[] = [
    ...apis.map((api): [string, string] => [
      `let in, ${api.framework}`,
      curl(`${api.secure}/orders`, files.acme, key(keys.acme)),
    ]),
    ['no certificate', curl(orders, key(keys.acme))],
    ['no key', curl(orders, files.acme)],
    ['certificate of an unknown CA', curl(orders, files.ofUnknownCa, key(keys.acme))],
    ['Acme’s name, certified by Globex’s CA', curl(orders, files.acmeByGlobex, key(keys.acme))],
    ['another partner’s key', curl(orders, files.acme, key(keys.globex))],
    ['key in the query string', curl(orders, files.acme, `-G -d api_key=${keys.acme}`)],
    ['a route beyond its scopes', curl(`${secure}/invoices`, files.acme, key(keys.acme))],
    ['plain HTTP', curl(`${plain}/orders`, key(keys.acme))],
    [
      'revoke the certificate, then paste one of the first lines again',
      `cp ${files.nextCrl} ${join(files.folder, 'crls', 'acme.pem')}`,
    ],
  ]
  const text = lines.map(([what, line]) => `${style.faint(`# ${what}`)}\n${line}`).join('\n\n')
  return `\n${text}\n\n${style.strong('Serving until Ctrl-C.')} The files are then removed. What the operator sees:\n`
}

function formatAccepted({ at, method, path, partnerId }: AcceptedEvent, style: Style): string {
  return `${time(at)}  ${style.good('let in')}, as ${partnerId}: ${method} ${path}`
}

function formatRefused({ at, status, problem, reason, correlationId }: RefusedEvent, style: Style): string {
  return `${time(at)}  ${style.bad(String(status))} ${problem.padEnd(22)}${reason.code.padEnd(28)}${style.faint(correlationId)}`
}

function time(at: Date): string {
  return at.toISOString().slice(11, 19)
}
