/** `countersign cert verify LEAF`: a certification path, or the exact reason why there is none. @module */
import { checkRevocation } from '@countersign/core/revocation'
import { type CertificateUsage, type RequestedName, verifyPath } from '@countersign/core/x509'
import { readCertificates, readCrls } from '../cert/read-files.ts'
import { jsonReport, textReport, type Verdict } from '../cert/report.ts'
import { type CommandFactory, group, UsageError } from '../command/command.ts'

interface Options {
  readonly anchors: readonly string[]
  readonly intermediates: readonly string[]
  readonly crls: readonly string[]
  readonly at?: string
  readonly usage: string
  readonly name: readonly string[]
  readonly json: boolean
}

export const certVerify: CommandFactory = (program, io, exit) => {
  group(program, 'cert', 'look at certificates')
    .command('verify')
    .description(
      'find a path from a certificate to an anchor for which every rule of RFC 5280 holds; files and names may be given several times',
    )
    .argument('<leaf>', 'the certificate, PEM or DER; what follows it in the file counts as intermediates')
    .requiredOption('--anchors <file>', 'trust anchors, PEM or DER; there are no default roots', collect)
    .option('--intermediates <file>', 'further certificates, in any order', collect, [])
    .option('--crls <file>', 'CRLs; without them revocation is not checked', collect, [])
    .option('--at <time>', 'the time to judge at, ISO 8601; default: now')
    .option('--usage <usage>', 'client, server, any, or key purposes as object identifiers with commas', 'client')
    .option('--name <kind:value>', 'a name that must be there: dns:, ip:, email: or uri:', collect, [])
    .option('--json', 'print one JSON object', false)
    .action(async (leaf: string, options: Options) => {
      const at = parseTime(options.at)
      const verdict = await verify(leaf, options, at)
      const revocation = options.crls.length === 0 ? 'not checked' : verdict.ok ? 'good' : 'checked'
      io.out((options.json ? jsonReport : textReport)(verdict, revocation, at))
      exit(verdict.ok ? 0 : 1)
    })
}

/** An option that may be given several times. */
function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

async function verify(file: string, options: Options, at: Date): Promise<Verdict> {
  const [leaf, ...rest] = readCertificates(file)
  if (leaf === undefined) throw new UsageError(`${file}: no certificate`)
  const crls = options.crls.flatMap(readCrls)
  return verifyPath({
    leaf,
    intermediates: [...rest, ...options.intermediates.flatMap(readCertificates)],
    anchors: options.anchors.flatMap(readCertificates),
    at,
    usage: parseUsage(options.usage),
    names: options.name.map(parseName),
    ...(options.crls.length === 0 ? {} : { accept: (path) => checkRevocation(path, { crls, at }) }),
  })
}

function parseTime(text: string | undefined): Date {
  const at = text === undefined ? new Date() : new Date(text)
  if (Number.isNaN(at.getTime())) throw new UsageError(`--at: not a time: ${text}`)
  return at
}

function parseUsage(text: string): CertificateUsage {
  if (text === 'client' || text === 'server' || text === 'any') return text
  const purposes = text.split(',')
  for (const purpose of purposes)
    if (!/^\d+(\.\d+)+$/.test(purpose))
      throw new UsageError('--usage: client, server, any, or object identifiers with commas between them')
  return purposes
}

const KINDS: readonly string[] = ['dns', 'ip', 'email', 'uri'] satisfies RequestedName['kind'][]

function parseName(text: string): RequestedName {
  const colon = text.indexOf(':')
  const kind = text.slice(0, Math.max(colon, 0))
  if (!KINDS.includes(kind)) throw new UsageError(`--name: ${KINDS.join(':, ')}: and the name`)
  return { kind: kind as RequestedName['kind'], value: text.slice(colon + 1) }
}
