/** `countersign doctor --url …`: what of a client's own fields gets through a deployment. @module */
import { readFileSync } from 'node:fs'
import { Option } from 'commander'
import { type CommandFactory, UsageError } from '../command/command.ts'
import { REMEDY_KINDS, type RemedyKind, remedy } from '../doctor/remedies.ts'
import { type DoctorReport, type Outcome, runDoctor } from '../doctor/run-doctor.ts'

interface Options {
  readonly url: string
  readonly plain?: string
  readonly direct?: string
  readonly ca?: string
  readonly connectTo?: string
  readonly proxy?: RemedyKind
  readonly timeout: string
  readonly json: boolean
}

export const doctor: CommandFactory = (program, io, exit) => {
  program
    .command('doctor')
    .description('send forged fields to a deployment from outside, and say which get through')
    .requiredOption('--url <url>', 'a guarded https URL of it; no credentials are sent')
    .option('--plain <url>', 'the same over plaintext (default: port 80 of the same host)')
    .option('--direct <url>', 'where the application itself listens, to see whether it can be reached past the proxy')
    .option('--ca <file>', 'the CA of the server’s certificate, PEM')
    .option('--connect-to <host>', 'connect there instead of to the URL’s host')
    .addOption(new Option('--proxy <kind>', 'print the lines that mend it').choices(REMEDY_KINDS))
    .option('--timeout <seconds>', 'for each request', '10')
    .option('--json', 'print the findings as JSON', false)
    .action(async (options: Options) => {
      const report = await runDoctor({
        url: urlOf(options.url, '--url', ['https:']),
        plain: options.plain === undefined ? undefined : urlOf(options.plain, '--plain', ['http:']),
        direct: options.direct === undefined ? undefined : urlOf(options.direct, '--direct', ['http:', 'https:']),
        ca: options.ca === undefined ? undefined : readText(options.ca),
        connectTo: options.connectTo,
        timeoutSeconds: secondsOf(options.timeout),
      })
      io.out(options.json ? `${JSON.stringify(report, undefined, 2)}\n` : describe(report, options.proxy))
      exit(report.ok ? 0 : 1)
    })
}

function urlOf(text: string, option: string, protocols: readonly string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !protocols.includes(url.protocol)) {
    throw new UsageError(
      `${option}: a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    )
  }
  return url
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new UsageError(`--ca: cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`)
  }
}

function secondsOf(text: string): number {
  const seconds = Number(text)
  if (!(seconds > 0 && seconds <= 300)) throw new UsageError('--timeout: seconds, up to 300')
  return seconds
}

const SAYS: Readonly<Record<Outcome, string>> = {
  removed: 'kept out',
  'refused-by-proxy': 'refused by the proxy',
  reached: 'gets through; the application refuses it',
  believed: 'GETS THROUGH AND IS BELIEVED',
  'no-answer': 'no answer',
}

const MARKS: Readonly<Record<Outcome, string>> = {
  removed: 'ok  ',
  'refused-by-proxy': 'ok  ',
  reached: 'note',
  believed: 'FAIL',
  'no-answer': 'ok  ',
}

function describe({ fields, transport, ok }: DoctorReport, proxy: RemedyKind | undefined): string {
  const through = fields.filter(({ outcome }) => outcome === 'reached' || outcome === 'believed')
  const lines = [
    ...transport.map(({ ok: good, says }) => `${good ? 'ok  ' : 'FAIL'}  ${says}`),
    ...fields.map(({ says, outcome }) => `${MARKS[outcome]}  ${says}: ${SAYS[outcome]}`),
    '',
    ok ? 'Nothing that was forged is believed.' : 'What is marked FAIL must be mended before this may serve anybody.',
  ]
  if (through.length > 0) {
    const names = [...new Set(through.flatMap(({ remove }) => remove))]
    lines.push('', ...advice(names, proxy))
  }
  return `${lines.join('\n')}\n`
}

function advice(names: readonly string[], proxy: RemedyKind | undefined): readonly string[] {
  if (proxy === undefined) return [`Have the proxy remove: ${names.join(', ')} (--proxy KIND prints the lines)`]
  return [`Lines for ${proxy}:`, ...remedy(proxy, names).map((line) => `  ${line}`)]
}
