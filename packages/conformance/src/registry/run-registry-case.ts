/** Runs one registry case against one subject. @module */

import type { RegistryAdmin, RegistryOptions } from '@countersign/core/registry'
import { createManualClock } from '@countersign/testing'
import type { RegistryCase } from './registry-case.ts'
import type { RegistryPlace, RegistrySubject } from './registry-subject.ts'

/** Far from every end of a year or a day, and no date of any fixture. */
const START = new Date('2031-05-05T12:00:00Z')

const DEFAULT_TIMEOUT_SECONDS = 10

export function canRun(one: RegistryCase, subject: RegistrySubject): boolean {
  return one.needs.every((need) => subject.features.includes(need))
}

/** @throws ConformanceFailure, or whatever the registry throws where it must not */
export async function runRegistryCase(one: RegistryCase, subject: RegistrySubject): Promise<void> {
  const clock = createManualClock(START)
  const places: RegistryPlace[] = []
  let open: RegistryAdmin[] = []

  async function openOn(place: RegistryPlace, options: RegistryOptions = {}): Promise<RegistryAdmin> {
    const registry = await place.open({ clock, ...options })
    open.push(registry)
    return registry
  }

  async function newPlace(): Promise<RegistryPlace> {
    const place = await subject.create()
    places.push(place)
    return place
  }

  async function closeAll(): Promise<void> {
    const closing = open
    open = []
    await Promise.all(closing.map((registry) => registry.close()))
  }

  try {
    const place = await newPlace()
    const registry = await openOn(place)
    const run = one.run({
      registry,
      clock,
      another: () => openOn(place),
      reopen: async () => {
        await closeAll()
        return openOn(place)
      },
      withOptions: async (options) => openOn(await newPlace(), options),
      interrupt: async () => place.interrupt?.(),
      restore: async () => place.restore?.(),
    })
    await within(one.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS, run)
  } finally {
    await closeAll()
    for (const place of places) await place.dispose()
  }
}

async function within(seconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${seconds} s`)), seconds * 1000)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
