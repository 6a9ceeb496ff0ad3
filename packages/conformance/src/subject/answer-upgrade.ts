/** The route `/socket` of a subject: asks the adapter's own `authenticateUpgrade`, and lets the handler say who came. @module */
import type { Principal, Require } from '@countersign/core'
import type { authenticateUpgrade } from '@countersign/core/node'
import type { UpgradeListener } from './listen.ts'
import type { SubjectSetup } from './subject.ts'

/** The third argument of `listen`, for the feature `upgrade`. */
export function answerUpgrade(
  { authenticator, application, onRefused }: SubjectSetup,
  authenticate: typeof authenticateUpgrade,
): UpgradeListener {
  return async (request, socket) => {
    const options = onRefused === undefined ? {} : { onRefused }
    const principal: Principal<Require> | undefined = await authenticate(request, socket, authenticator, options)
    if (principal === undefined) return
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: countersign-test\r\n\r\n')
    socket.end(JSON.stringify(application.whoami(principal)))
  }
}
