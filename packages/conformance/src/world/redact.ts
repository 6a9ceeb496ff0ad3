/** Takes credentials out of what a report shows, those that a case changed or escaped among them. @module */
import { redactKeys } from '@countersign/core/keys'

/** A JWT in compact form: nothing else begins like the base64url of `{"`. */
const TOKEN = /\beyJ[\w-]*\.[\w-]*\.[\w-]*/g

/** @param secrets what else was said to be one */
export function redact(text: string, secrets: Iterable<string>): string {
  let shown = redactKeys(text).replace(TOKEN, '[redacted]')
  for (const secret of secrets) shown = shown.replaceAll(secret, '[redacted]')
  return shown
}
