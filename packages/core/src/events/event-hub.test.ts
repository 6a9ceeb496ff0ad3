import { describe, expect, it, vi } from 'vitest'
import { EventHub } from './event-hub.ts'
import type { EventFacts, HandlerFailedEvent } from './events.ts'

const accepted = (): EventFacts<'accepted'> => ({
  method: 'GET',
  path: '/',
  peer: '127.0.0.1',
  partnerId: 'acme',
  keyId: undefined,
  certificate: undefined,
  durationMilliseconds: 1,
  scopes: [],
})
const noChannel = () => undefined
const clock = () => new Date(1_000)

describe('EventHub', () => {
  it('hands a frozen event to every listener of its type, until it is taken away', () => {
    const hub = new EventHub({}, noChannel, clock)
    const listener = vi.fn()
    const stop = hub.on('accepted', listener)
    hub.emit('accepted', accepted)
    expect(listener).toHaveBeenCalledExactlyOnceWith({ type: 'accepted', at: clock(), ...accepted() })
    expect(Object.isFrozen(listener.mock.calls[0]?.[0])).toBe(true)
    stop()
    hub.emit('accepted', accepted)
    expect(listener).toHaveBeenCalledOnce()
  })

  it('does not make an event that nobody listens to', () => {
    const make = vi.fn(accepted)
    new EventHub({}, noChannel, clock).emit('accepted', make)
    expect(make).not.toHaveBeenCalled()
  })

  it('publishes on the diagnostics channel of the event', () => {
    const published: unknown[] = []
    const opened: string[] = []
    const hub = new EventHub(
      {},
      (name) => {
        opened.push(name)
        return { hasSubscribers: name === 'countersign:accepted', publish: (message) => published.push(message) }
      },
      clock,
    )
    hub.emit('accepted', accepted)
    expect(opened).toContain('countersign:refused')
    expect(published).toEqual([{ type: 'accepted', at: clock(), ...accepted() }])
  })

  it('survives a listener that throws or rejects, says so, and tells the others all the same', async () => {
    const failures: HandlerFailedEvent[] = []
    const other = vi.fn()
    const hub = new EventHub({ handlerFailed: (event) => void failures.push(event) }, noChannel, clock)
    hub.on('accepted', () => {
      throw new RangeError('secret')
    })
    hub.on('accepted', (async () => {
      throw new SyntaxError('secret')
    }) as () => void)
    hub.on('accepted', other)
    hub.emit('accepted', accepted)
    await Promise.resolve()
    expect(other).toHaveBeenCalledOnce()
    expect(failures.map(({ event, cause }) => `${event}: ${cause}`)).toEqual([
      'accepted: RangeError',
      'accepted: SyntaxError',
    ])
  })

  it('throws for a listener of an event that does not exist', () => {
    expect(() => new EventHub({ acepted: () => {} } as never, noChannel, clock)).toThrow(/no event "acepted"/)
  })
})
