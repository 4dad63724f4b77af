import { EventEmitter } from "node:events";

export interface Client extends EventEmitter {
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  release(destroy?: boolean): void;
  readonly connection: { readonly stream: { destroy(): void } };
}

export interface PoolConfig {
  readonly connectionString?: string;
  readonly options?: string;
  readonly max?: number;
  readonly keepAlive?: boolean;
  readonly connectionTimeoutMillis?: number;
  readonly application_name?: string;
}

export class Pool extends EventEmitter {
  constructor(config: PoolConfig);
  connect(): Promise<Client>;
  query(text: string, values?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
  end(): Promise<void>;
}
