/** Plays every case against one API and compares what came back with what was expected. @module */
import { createCaller } from './call.ts'
import type { DemoCase, Expected, Played } from './cases.ts'
import type { ServedApi } from './serve-api.ts'
import type { World } from './world.ts'

export interface Outcome {
  readonly sent: string
  readonly expected: Expected
  readonly status: number
  /** The code of the problem, as the caller sees it. */
  readonly problem: string | undefined
  /** The exact reason, as the operator finds it by the correlation id in the answer. */
  readonly reason: string | undefined
  readonly note: string | undefined
  readonly asExpected: boolean
}

type Address = Pick<ServedApi, 'secure' | 'plain'>

export async function runCases(cases: readonly DemoCase[], world: World, api: Address): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const one of cases) outcomes.push(await runCase(one, world, api))
  return outcomes
}

async function runCase({ sent, expected, play }: DemoCase, world: World, api: Address): Promise<Outcome> {
  let played: Played
  try {
    played = await play(world, (credential) => createCaller(api, world.serverCa, credential))
  } catch (error) {
    const note = error instanceof Error ? error.message : String(error)
    return { sent, expected, status: 0, problem: undefined, reason: undefined, note, asExpected: false }
  }
  const { status, body } = played.answer
  const refusal = world.refusalOf(body.correlationId)
  const found = { status, problem: body.code, reason: refusal?.reason.code }
  return { sent, expected, ...found, note: played.note, asExpected: isExpected(expected, found, body.partner) }
}

function isExpected(
  expected: Expected,
  { status, problem, reason }: Pick<Outcome, 'status' | 'problem' | 'reason'>,
  partner: string | undefined,
): boolean {
  if (status !== expected.status) return false
  if (!('problem' in expected)) return partner === 'acme' && reason === undefined
  return problem === expected.problem && reason === expected.reason
}
