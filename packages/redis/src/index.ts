/** A Countersign registry in Redis. @module */

export type {
  IoRedisClient,
  IoRedisSubscriber,
  NodeRedisClient,
  NodeRedisSubscriber,
  RedisClient,
} from './redis-client.ts'
export type { RedisRegistryOptions } from './redis-registry.ts'
export { redisRegistry } from './redis-registry.ts'
