/** Kill -9 in the middle of a thousand writes, fifty times: no acknowledged write is lost, and the file can always be read. @module */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RegistryAdmin } from '@countersign/core/registry'
import { describe, expect, it } from 'vitest'
import { openStore, type StoreKind } from './open-store.ts'

const KILLS = 50
const WRITES = 1000

/** Two at a time, so that a lock of one that was killed stands in the way of the other. */
const WRITERS = 2

for (const kind of ['file', 'sqlite'] as const) {
  describe(`${kind}Registry`, () => {
    it(`loses no acknowledged write when it is killed in the middle of ${WRITES}, ${KILLS} times`, async () => {
      let acknowledged = 0
      let interrupted = 0
      for (let kill = 0; kill < KILLS; kill++) {
        const folder = mkdtempSync(join(tmpdir(), 'kill-'))
        const path = join(folder, 'partners')
        const writers = Array.from({ length: WRITERS }, (_, n) => startWriter(kind, path, `writer-${n}`))
        await Promise.all(writers.map(({ started }) => started))
        await sleep(Math.random() * 400)
        writers[0]?.kill()
        await sleep(Math.random() * 200)
        writers[1]?.kill()
        const lines = await Promise.all(writers.map(({ ended }) => ended))
        interrupted += lines.filter((said) => said.at(-1) !== 'done').length
        const { registry, close } = await openStore(kind, path, '')
        for (const [n, said] of lines.entries()) {
          acknowledged += said.length
          await checkAll(registry, `writer-${n}`, said)
        }
        // And the next writer can go on.
        await registry.createPartner({ id: 'after' })
        await close()
        rmSync(folder, { recursive: true, force: true })
      }
      console.log(
        `${kind}: ${KILLS} runs, ${interrupted} writers killed in the middle, ${acknowledged} acknowledged writes, none lost`,
      )
      expect(interrupted).toBeGreaterThanOrEqual(KILLS)
    }, 600_000)
  })
}

function startWriter(
  kind: StoreKind,
  path: string,
  partnerId: string,
): { started: Promise<void>; ended: Promise<string[]>; kill(): void } {
  const child = spawn(
    process.execPath,
    [
      '--conditions=@countersign/source',
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'writer-process.ts'),
      kind,
      path,
      partnerId,
      String(WRITES),
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let said = ''
  let started = (): void => undefined
  const start = new Promise<void>((resolve) => {
    started = resolve
  })
  child.stdout.on('data', (chunk) => {
    said += chunk
    if (said.split('\n').length > 10) started()
  })
  // A line without its end was not said.
  const ended = new Promise<string[]>((resolve) => child.on('close', () => resolve(said.split('\n').slice(0, -1))))
  return { started: start, ended, kill: () => void child.kill('SIGKILL') }
}

async function checkAll(registry: RegistryAdmin, partnerId: string, said: readonly string[]): Promise<void> {
  const trail = new Map<string, string[]>()
  for (let after: string | undefined, more = true; more; ) {
    const page = await registry.listAudit({ partnerId }, { limit: 1000, ...(after === undefined ? {} : { after }) })
    for (const { keyId = '', action } of page.items) trail.set(keyId, [...(trail.get(keyId) ?? []), action])
    after = page.next
    more = after !== undefined
  }
  const partner = await registry.getPartner(partnerId)
  expect(partner, partnerId).toBeDefined()
  const contacts = said.filter((line) => line.startsWith('contact ')).map((line) => Number(line.slice(8)))
  expect(Number(partner?.contact ?? 0)).toBeGreaterThanOrEqual(Math.max(0, ...contacts))
  for (const line of said) {
    const [what, id = ''] = line.split(' ')
    if (what !== 'issued' && what !== 'revoked') continue
    const key = await registry.getKey(id)
    expect(key, line).toBeDefined()
    if (what === 'revoked') expect(key?.status, line).toBe('revoked')
    expect(trail.get(id), 'the trail tells it').toContain(what === 'issued' ? 'key-issued' : 'key-revoked')
  }
}
