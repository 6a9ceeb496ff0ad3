import { judgeMutants } from './judge-mutants.ts'
import { refusingMutants } from './refusing-mutants.ts'

judgeMutants(refusingMutants)
