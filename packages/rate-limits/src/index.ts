/** Rate limits for Countersign. @module */

export type { RateLimit, RateLimitsOptions, RedisLimitClient } from './rate-limits.ts'
export { rateLimits } from './rate-limits.ts'
