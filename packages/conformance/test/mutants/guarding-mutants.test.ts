import { guardingMutants } from './guarding-mutants.ts'
import { judgeMutants } from './judge-mutants.ts'

judgeMutants(guardingMutants)
