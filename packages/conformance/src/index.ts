/** One suite for every adapter: cases as data, and what runs them against a subject. @module */

// Writing a subject
export type { RequestListener, UpgradeListener } from './subject/listen.ts'
export { listen } from './subject/listen.ts'
export type {
  AnonymousView,
  Application,
  CaughtView,
  EchoView,
  Feature,
  PrincipalView,
  RunningSubject,
  Subject,
  SubjectSetup,
  SubjectTls,
  Transport,
} from './subject/subject.ts'
