/** A process that writes as fast as it can and says what was acknowledged, until somebody kills it. @module */
import { writeSync } from 'node:fs'
import { openStore, type StoreKind } from './open-store.ts'

const [kind, path, partnerId, count] = process.argv.slice(2) as [StoreKind, string, string, string]
const { registry } = await openStore(kind, path, '')

/** One line for each acknowledgement, in the pipe before anything else happens. */
function acknowledge(line: string): void {
  writeSync(1, `${line}\n`)
}

await registry.createPartner({ id: partnerId })
acknowledge(`partner ${partnerId}`)
for (let n = 1; n <= Number(count); n++) {
  if (n % 5 === 0) {
    const { record } = await registry.issueKey({ partnerId })
    acknowledge(`issued ${record.id}`)
    if (n % 10 === 0) {
      await registry.revokeKey(record.id)
      acknowledge(`revoked ${record.id}`)
    }
  } else {
    await registry.updatePartner(partnerId, { contact: String(n) })
    acknowledge(`contact ${n}`)
  }
}
acknowledge('done')
