import { authenticatorMutants } from './authenticator-mutants.ts'
import { judgeMutants } from './judge-mutants.ts'

judgeMutants(authenticatorMutants)
