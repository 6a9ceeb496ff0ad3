/** Asking the registry within a time limit, so that a registry that never answers is a registry that is down. @module */
import { isPromiseLike, type MaybePromise } from '../primitives/flow.ts'
import { RegistryFault } from '../registry/registry-fault.ts'

export interface RegistryAccess {
  /** @throws RegistryFault, or rejects with it, when the call throws, rejects or takes too long */
  ask<T>(call: string, question: (signal: AbortSignal) => MaybePromise<T>): MaybePromise<T>
}

export function createRegistryAccess(timeoutSeconds: number): RegistryAccess {
  // An answer that is at hand needs no signal of its own: the spare one is handed to the next question.
  let spare = new AbortController()
  return {
    ask<T>(call: string, question: (signal: AbortSignal) => MaybePromise<T>): MaybePromise<T> {
      const controller = spare
      let answer: MaybePromise<T>
      try {
        answer = question(controller.signal)
      } catch (error) {
        throw faultOf(call, error)
      }
      if (!isPromiseLike(answer)) return answer
      if (spare === controller) spare = new AbortController()
      return withinTime(call, answer, controller, timeoutSeconds)
    },
  }
}
function withinTime<T>(call: string, answer: PromiseLike<T>, controller: AbortController, seconds: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const fault = new RegistryFault(call, 'timeout')
      reject(fault)
      controller.abort(fault)
    }, seconds * 1000)
    const settle = (finish: () => void) => {
      clearTimeout(timer)
      finish()
    }
    // A foreign thenable may throw from its `then`, which is one more way of not answering.
    Promise.resolve(answer).then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(faultOf(call, error))),
    )
  })
}

/** Only the error's name goes on: a driver's message may hold a connection string. */
function faultOf(call: string, error: unknown): RegistryFault {
  if (error instanceof RegistryFault) return error
  return new RegistryFault(call, error instanceof Error ? error.name : 'not an Error')
}
