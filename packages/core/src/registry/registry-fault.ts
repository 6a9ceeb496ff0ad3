/** A registry that did not answer, or not in the form of its contract: 503, never 401 and never acceptance. @module */

export class RegistryFault extends Error {
  readonly code = 'registry-fault'
  /** `findKey`, `findPartner`, `denied`. */
  readonly call: string
  /** Names a rule, a limit or a kind of error; holds nothing of a record, a key or a connection string. */
  readonly fault: string

  constructor(call: string, fault: string) {
    super(`${call}: ${fault}`)
    this.name = 'RegistryFault'
    this.call = call
    this.fault = fault
  }
}
