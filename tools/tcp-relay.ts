/** A stretch of network that tests can cut: passes bytes on, until it is told to drop every connection and take no new one. @module */
import { connect, createServer, type Server, type Socket } from 'node:net'

export interface TcpRelay {
  readonly port: number
  /** Connections are reset, new ones refused. */
  cut(): Promise<void>
  mend(): Promise<void>
  close(): Promise<void>
}

export async function startTcpRelay(target: { readonly host: string; readonly port: number }): Promise<TcpRelay> {
  const sockets = new Set<Socket>()
  let server: Server | undefined
  let port = 0

  async function open(): Promise<void> {
    const opened = createServer((near) => {
      const far = connect(target)
      for (const [from, to] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(from)
        from.setNoDelay(true)
        from.on('error', () => to.destroy())
        from.on('close', () => {
          sockets.delete(from)
          to.destroy()
        })
        from.pipe(to)
      }
    })
    await new Promise<void>((resolve, reject) => {
      opened.on('error', reject)
      opened.listen(port, '127.0.0.1', resolve)
    })
    const address = opened.address()
    port = typeof address === 'object' && address !== null ? address.port : 0
    server = opened
  }

  async function cut(): Promise<void> {
    const closing = server
    server = undefined
    const closed = new Promise<void>((resolve) => (closing === undefined ? resolve() : closing.close(() => resolve())))
    for (const socket of sockets) socket.resetAndDestroy()
    await closed
  }

  await open()
  return {
    get port() {
      return port
    },
    cut,
    mend: async () => {
      if (server === undefined) await open()
    },
    close: cut,
  }
}
