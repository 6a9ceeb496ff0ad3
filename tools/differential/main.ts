/**
 * `npm run differential [-- --chains 500] [--seed S]`: random chains of usual parts, judged here and by OpenSSL. Where the two
 * differ, the smallest chain that shows it ends the run.
 * @module
 */
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import { parseCertificate, verifyPath } from '../../packages/core/src/x509.ts'
import { AT, chains, type MintedChain, mint, type PolicySettings } from './chains.ts'
import { isJudgedWrongly, OpenSsl } from './openssl.ts'

const { values } = parseArgs({
  options: { chains: { type: 'string', default: '500' }, seed: { type: 'string' } },
})
const numRuns = Number(values.chains)
const seed = values.seed === undefined ? Date.now() & 0x7fffffff : Number(values.seed)
if (!Number.isSafeInteger(numRuns) || numRuns < 1 || !Number.isSafeInteger(seed))
  throw new TypeError('--chains: a whole number above zero; --seed: a whole number')

console.log(`${numRuns} chains, seed ${seed}`)
const openssl = new OpenSsl()
const verdicts = new Map<string, number>()
try {
  const property = fc.asyncProperty(chains, async (drawn) => {
    fc.pre(!isJudgedWrongly(drawn))
    const minted = await mint(drawn)
    const own = await judge(minted, drawn.rules)
    const other = await openssl.verify(minted, drawn.rules, AT)
    verdicts.set(own, (verdicts.get(own) ?? 0) + 1)
    if ((own === 'accepted') !== other.ok)
      throw new Error(`here: ${own}\nOpenSSL: ${other.ok ? 'accepted' : other.text}\n${pictureOf(minted)}`)
  })
  const result = await fc.check(property, { seed, numRuns })
  for (const [verdict, count] of [...verdicts].sort(([, a], [, b]) => b - a)) console.log(`${count} ${verdict}`)
  if (result.failed) {
    console.log(`DIFFERENT, { seed: ${seed}, path: ${JSON.stringify(result.counterexamplePath)} }`)
    console.log(JSON.stringify(result.counterexample, undefined, 1))
    console.log(String(result.errorInstance))
    process.exitCode = 1
  } else console.log(`${result.numRuns} chains, the same verdict on each`)
} finally {
  openssl.close()
}

async function judge({ root, leaf, intermediates }: MintedChain, rules: PolicySettings): Promise<string> {
  const { acceptable, ...others } = rules
  const { subject, publicKey } = parseCertificate(root)
  const result = await verifyPath({
    leaf: parseCertificate(leaf),
    intermediates: intermediates.map((der) => parseCertificate(der)),
    anchors: [{ subject: subject.der, publicKey }],
    at: AT,
    // What OpenSSL does.
    extendedKeyUsage: { absent: 'accept' },
    policies: { ...others, ...(acceptable.length === 0 ? {} : { acceptable }) },
  })
  return result.ok ? 'accepted' : result.reason.code
}

function pictureOf({ root, leaf, intermediates }: MintedChain): string {
  return [leaf, ...intermediates, root].map((der) => Buffer.from(der).toString('base64')).join('\n')
}
