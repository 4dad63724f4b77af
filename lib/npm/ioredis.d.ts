import type { EventEmitter } from "node:events";

export interface RedisOptions {
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: string;
  readonly db?: number;
  readonly tls?: { readonly servername?: string };
  readonly family: number;
  readonly keepAlive: number;
  readonly connectTimeout: number;
  readonly lazyConnect: boolean;
  readonly maxRetriesPerRequest: number | null;
  readonly retryStrategy: (times: number) => number | null;
  readonly reconnectOnError: (error: Error) => false | 2;
}

export class Redis extends EventEmitter {
  constructor(options: RedisOptions);
  connect(): Promise<void>;
  ping(): Promise<string>;
  /** Seconds, and microseconds. */
  time(): Promise<[number | string, number | string]>;
  scanStream(options: { readonly match: string; readonly count: number }): AsyncIterable<string[]>;
  disconnect(reconnect?: boolean): void;
}
