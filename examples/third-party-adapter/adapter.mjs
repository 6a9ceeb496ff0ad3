/** Countersign for h3 on Node: convert in, ask, convert out. */
import { Admissions, nodeExchange, sendRefusal, toAuthenticator } from '@countersign/core'
import { fromNodeHandler } from 'h3'

/** @type {Admissions<import('h3').H3Event>} */
const admissions = new Admissions()

/** @typedef {{ onRefused?: import('@countersign/core').OnRefused<import('h3').H3Event> | undefined }} Options */

/** @param {boolean} optional */
function guardWith(optional) {
  /**
   * @param {Parameters<typeof toAuthenticator>[0]} given
   * @param {Options} [options]
   * @returns {import('h3').Middleware}
   */
  return (given, { onRefused } = {}) => {
    const guard = { authenticator: toAuthenticator(given), optional, onRefused }
    return async (event, next) => {
      const admission = await admissions.admit(event, toExchange(event), guard)
      return admission.ok ? next() : refuse(event, admission.response)
    }
  }
}

export const countersign = Object.assign(guardWith(false), { optional: guardWith(true) })

/**
 * @param {...string} scopes
 * @returns {import('h3').Middleware}
 */
export function requireScopes(...scopes) {
  const check = admissions.scopeCheck(scopes)
  return (event, next) => {
    const refusal = check(event)
    return refusal === undefined ? next() : refuse(event, refusal)
  }
}

/** @param {import('h3').H3Event} event */
export function principalOf(event) {
  return admissions.principalOf(event, 'certificate-or-key')
}

/** @param {import('h3').H3Event} event */
function toExchange(event) {
  const { req, res } = nodeOf(event)
  return nodeExchange(req, req.url, res)
}

/**
 * @param {import('h3').H3Event} event
 * @param {import('@countersign/core').ProblemResponse} refusal
 */
function refuse(event, refusal) {
  return fromNodeHandler((req, res) => sendRefusal(req, /** @type {any} */ (res), refusal))(event)
}

/** @param {import('h3').H3Event} event */
function nodeOf(event) {
  const { req, res } = event.req.runtime?.node ?? {}
  if (req === undefined || res === undefined) throw new TypeError('this adapter needs h3 on Node')
  return { req, res }
}
