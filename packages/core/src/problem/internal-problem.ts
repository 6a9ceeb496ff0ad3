/**
 * The answer to a mistake in the program, for which no authenticator can speak: `requireScopes()` on a route that no
 * `countersign()` guards, or an authenticator that breaks its contract.
 * @module
 */
import { primitives } from '#primitives'
import { encodeHex } from '../bytes/hex.ts'
import { PROBLEMS, type Problem } from './problem.ts'
import { DEFAULT_PROBLEM_BASE } from './problem-maker.ts'

export function internalProblem(): Problem {
  const code = 'internal-error'
  const correlationId = encodeHex(primitives.randomBytes(16))
  return Object.freeze({ code, type: `${DEFAULT_PROBLEM_BASE}#${code}`, ...PROBLEMS[code], correlationId })
}
