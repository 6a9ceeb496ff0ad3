/** Run by `node --test`: the suite under a runner that is not the one of this repository. */
import { test } from 'node:test'
import { adapterCases, register } from '../src/index.ts'
import { subject } from './reference-subject.ts'

const CHOSEN = ['accept/pair', 'missing/key', 'binding/swapped']

register(
  test,
  adapterCases.filter(({ id }) => CHOSEN.includes(id)),
  subject,
)
