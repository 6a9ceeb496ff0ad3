/**
 * What is asked of a Redis client, and the two libraries that give it: node-redis and ioredis. The client is handed in and
 * stays its owner's: how it connects, authenticates and reconnects is not decided here.
 * @module
 */

// biome-ignore lint/suspicious/noExplicitAny: as Node's EventEmitter has it, or no client would fit
export type Listener = (...args: any[]) => void

/** node-redis (`redis`): `createClient()`. */
export interface NodeRedisClient {
  readonly isReady: boolean
  sendCommand(args: readonly string[]): Promise<unknown>
  duplicate(): NodeRedisSubscriber
}

export interface NodeRedisSubscriber {
  readonly isReady: boolean
  connect(): Promise<unknown>
  subscribe(channel: string, listener: (message: string) => void): Promise<unknown>
  ping(): Promise<unknown>
  destroy(): void
  on(event: string, listener: Listener): unknown
}

/** ioredis: `new Redis()`. */
export interface IoRedisClient {
  readonly status: string
  call(command: string, ...args: string[]): Promise<unknown>
  duplicate(): IoRedisSubscriber
}

export interface IoRedisSubscriber {
  readonly status: string
  subscribe(channel: string): Promise<unknown>
  ping(): Promise<unknown>
  disconnect(): void
  on(event: string, listener: Listener): unknown
}

export type RedisClient = NodeRedisClient | IoRedisClient

export interface Subscription {
  isLive(): boolean
  close(): void
}

export interface Connection {
  readonly isReady: () => boolean
  send(command: string, ...args: string[]): Promise<unknown>
  /** @param onLive whenever messages are heard, at first and after every interruption */
  subscribe(channel: string, onMessage: (message: string) => void, onLive: () => void): Subscription
}

/** @throws TypeError for anything else */
export function connectionOf(client: RedisClient): Connection {
  if (typeof client === 'object' && client !== null && typeof client.duplicate === 'function') {
    if ('isReady' in client && typeof client.sendCommand === 'function') return nodeRedis(client)
    if ('call' in client && typeof client.call === 'function') return ioRedis(client)
  }
  throw new TypeError('redisRegistry: client: a client of redis (createClient) or ioredis (new Redis)')
}

function nodeRedis(client: NodeRedisClient): Connection {
  return {
    isReady: () => client.isReady,
    send: (command, ...args) => client.sendCommand([command, ...args]),
    subscribe(channel, onMessage, onLive) {
      const subscriber = client.duplicate()
      const liveness = watchLiveness(subscriber, onLive)
      void subscriber
        .connect()
        .then(() => subscriber.subscribe(channel, onMessage))
        .then(() => liveness.confirm())
        .catch(() => undefined)
      return {
        isLive: () => liveness.live && subscriber.isReady,
        close: () => {
          liveness.stop()
          subscriber.destroy()
        },
      }
    },
  }
}

function ioRedis(client: IoRedisClient): Connection {
  return {
    isReady: () => client.status === 'ready',
    send: (command, ...args) => client.call(command, ...args),
    subscribe(channel, onMessage, onLive) {
      const subscriber = client.duplicate()
      const liveness = watchLiveness(subscriber, onLive)
      subscriber.on('message', (_channel: string, message: string) => onMessage(message))
      void subscriber
        .subscribe(channel)
        .then(() => liveness.confirm())
        .catch(() => undefined)
      return {
        isLive: () => liveness.live && subscriber.status === 'ready',
        close: () => {
          liveness.stop()
          subscriber.disconnect()
        },
      }
    },
  }
}

/** Both libraries reconnect and subscribe again by themselves; what is not theirs to say is when messages are heard again. */
function watchLiveness(
  subscriber: NodeRedisSubscriber | IoRedisSubscriber,
  onLive: () => void,
): { readonly live: boolean; confirm(): void; stop(): void } {
  let live = false
  let stopped = false
  let subscribed = false

  function confirm(): void {
    subscribed = true
    // Answered after the subscription that was sent before it, on the same connection.
    subscriber.ping().then(
      () => {
        if (stopped || live) return
        live = true
        onLive()
      },
      () => undefined,
    )
  }

  const interrupted = (): void => {
    live = false
  }
  for (const event of ['error', 'end', 'close', 'reconnecting', 'disconnect']) subscriber.on(event, interrupted)
  subscriber.on('ready', () => {
    if (subscribed) confirm()
  })
  return {
    get live() {
      return live
    },
    confirm,
    stop: () => {
      stopped = true
      live = false
    },
  }
}
