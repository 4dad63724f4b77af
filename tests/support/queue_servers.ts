/**
 * Servers for queues: real ones, each for one test, in a folder of its own and on a free port of this machine.
 *
 * @module
 */

import { dirname } from "node:path";
import { connect } from "node:net";
import "./environment.ts";

/** A server that a test may stop, kill and start again. */
export interface QueueServer extends AsyncDisposable {
  /** With user and password, if it wants one. */
  readonly url: string;
  readonly port: number;
  /** Process id of the server, while it runs. */
  readonly pid: number;
  /** Ends it in order; what it holds is there again after {@link start} if it is persistent. */
  stop(): Promise<void>;
  /** Ends it at once, with all its processes. */
  kill(): Promise<void>;
  /** Starts it again, on the same port; resolves when it answers. */
  start(): Promise<void>;
  /** Stops its processes where they are: it takes connections, and answers nothing. */
  freeze(): void;
  thaw(): void;
  /** Takes away all that it holds, while it runs. */
  loseData(): Promise<void>;
  /** What it holds: names of keys, or a line for each row; tables alone are nothing. */
  keys(): Promise<string[]>;
}

export interface QueueServerOptions {
  /** What clients have to say; none by default. PostgreSQL always wants one. */
  readonly password?: string;
  /** Whether it has its data after a start; PostgreSQL always has. @default true */
  readonly isPersistent?: boolean;
  /** Further arguments of the server. */
  readonly args?: readonly string[];
}

/** Where Debian has the programs of PostgreSQL; nothing if they are not there. */
const POSTGRES_FOLDER = newestIn("/usr/lib/postgresql");

export const HAS_REDIS: boolean = await canRun("redis-server", "--version");
export const HAS_POSTGRES: boolean = POSTGRES_FOLDER !== undefined;

/** How to get the servers, for the names of tests that need them. */
export const NEEDS_REDIS = "(needs Redis: apt-get install redis-server)";
export const NEEDS_POSTGRES = "(needs PostgreSQL: apt-get install postgresql)";

/** How long a server may take to answer or to end, in ms. Nothing is proved by it. */
const PATIENCE_MS = 30_000;

export async function startRedis(options: QueueServerOptions = {}): Promise<QueueServer> {
  const { password, isPersistent = true, args = [] } = options;
  const folder = await Deno.makeTempDir({ prefix: "fanfold-redis-" });
  const port = freePort();
  const call = (...words: string[]) =>
    redisCall(port, [...password === undefined ? [] : [["AUTH", password]], words]);
  const server = new Server({
    folder,
    port,
    command: () => [
      "redis-server",
      ...["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
      ...["--appendonly", isPersistent ? "yes" : "no", "--appendfsync", "always"],
      ...["--logfile", "log", "--loglevel", "warning"],
      ...password === undefined ? [] : ["--requirepass", password],
      ...args,
    ],
    stopSignal: "SIGTERM",
    url: `redis://${
      password === undefined ? "" : `:${encodeURIComponent(password)}@`
    }127.0.0.1:${port}`,
    isUp: async () => await call("PING") === "PONG",
    keys: async () => ((await call("KEYS", "*")) as string[]).sort(),
    loseData: async () => void await call("FLUSHALL"),
  });
  await server.start();
  return server;
}

export async function startPostgres(options: QueueServerOptions = {}): Promise<QueueServer> {
  const { password = "pass word", args = [] } = options;
  const folder = await Deno.makeTempDir({ prefix: "fanfold-postgres-" });
  const isRoot = Deno.uid() === 0;
  // It does not run as root, nor in a folder that others own; and it must be let through to that.
  const as = isRoot ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
  if (isRoot) {
    const above = Deno.statSync(dirname(folder));
    if (above.mode !== null) Deno.chmodSync(dirname(folder), above.mode & 0o7777 | 0o011);
    await run(["chown", "postgres:postgres", folder]);
  }
  const port = freePort();
  const data = `${folder}/data`;
  Deno.writeTextFileSync(`${folder}/password`, password);
  if (isRoot) await run(["chown", "postgres:postgres", `${folder}/password`]);
  await run([
    ...as,
    `${POSTGRES_FOLDER}/bin/initdb`,
    ...["-D", data, "-U", "fanfold", "-A", "scram-sha-256", `--pwfile=${folder}/password`],
    ...["--no-sync", "--no-instructions", "-E", "UTF8", "--locale=C"],
  ], folder);
  const sql = (text: string) =>
    run(
      [
        `${POSTGRES_FOLDER}/bin/psql`,
        ...["-h", "127.0.0.1", "-p", String(port), "-U", "fanfold", "-d", "postgres", "-qAtX"],
        ...["-v", "ON_ERROR_STOP=1", "-c", text],
      ],
      folder,
      { PGPASSWORD: password, PGCONNECT_TIMEOUT: "5" },
    );
  const server = new Server({
    folder,
    port,
    command: () => [
      ...as,
      `${POSTGRES_FOLDER}/bin/postgres`,
      ...["-D", data, "-p", String(port), "-c", "listen_addresses=127.0.0.1"],
      ...["-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "full_page_writes=off"],
      ...args,
    ],
    // The one of its signals that waits for no client.
    stopSignal: "SIGINT",
    url: `postgres://fanfold:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
    isUp: async () => await sql("SELECT 'up'") === "up\n",
    keys: async () => {
      const tables = (await sql(TABLES)).split("\n").filter((name) => name !== "");
      const rows = await Promise.all(
        tables.map((table) =>
          sql(`SELECT '${table} ' || left(row_to_json(t)::text, 300) FROM bullmq."${table}" t`)
        ),
      );
      return rows.flatMap((text) => text.split("\n").filter((line) => line !== "")).sort();
    },
    loseData: async () => {
      const tables = (await sql(TABLES)).split("\n").filter((name) => name !== "");
      if (tables.length === 0) return;
      await sql(`TRUNCATE ${tables.map((table) => `bullmq."${table}"`).join(", ")}`);
    },
  });
  await server.start();
  return server;
}

/** All tables but the one that says how the others are made. */
const TABLES = "SELECT tablename FROM pg_tables " +
  "WHERE schemaname = 'bullmq' AND tablename <> 'migration' ORDER BY 1";

interface ServerOptions {
  readonly folder: string;
  readonly port: number;
  readonly url: string;
  readonly command: () => readonly string[];
  readonly stopSignal: Deno.Signal;
  readonly isUp: () => Promise<boolean>;
  readonly keys: () => Promise<string[]>;
  readonly loseData: () => Promise<void>;
}

class Server implements QueueServer {
  readonly #options: ServerOptions;
  #child: Deno.ChildProcess | undefined;

  constructor(options: ServerOptions) {
    this.#options = options;
  }

  get url(): string {
    return this.#options.url;
  }

  get port(): number {
    return this.#options.port;
  }

  get pid(): number {
    if (!this.#child) throw new Error("The server does not run");
    return this.#child.pid;
  }

  async start(): Promise<void> {
    const { command, folder, isUp } = this.#options;
    const start = performance.now();
    for (;;) {
      const [program = "", ...args] = command();
      // In a group of its own, by which all its processes are reached.
      const child = new Deno.Command(program, {
        args,
        cwd: folder,
        detached: true,
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      this.#child = child;
      let hasEnded = false;
      child.status.then(() => hasEnded = true);
      while (!hasEnded) {
        if (await isUp().catch(() => false)) return;
        if (performance.now() - start > PATIENCE_MS) break;
        await new Promise((goOn) => setTimeout(goOn, 10));
      }
      // What was killed may hold its memory, or its port, for a moment longer.
      if (performance.now() - start > PATIENCE_MS) {
        await this.kill();
        throw new Error(`${program} does not start`);
      }
      await new Promise((goOn) => setTimeout(goOn, 50));
    }
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    child.kill(this.#options.stopSignal);
    await child.status;
    this.#child = undefined;
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    for (const pid of [-child.pid, ...grandchildren(child.pid)]) end(pid, "SIGKILL");
    await child.status;
    this.#child = undefined;
  }

  freeze(): void {
    for (const pid of [...grandchildren(this.pid), this.pid]) end(pid, "SIGSTOP");
  }

  thaw(): void {
    for (const pid of [...grandchildren(this.pid), this.pid]) end(pid, "SIGCONT");
  }

  keys(): Promise<string[]> {
    return this.#options.keys();
  }

  loseData(): Promise<void> {
    return this.#options.loseData();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.#options.folder, { recursive: true });
  }
}

/** Processes of a server of several, which are in groups of their own. */
function grandchildren(pid: number): readonly number[] {
  const { stdout } = new Deno.Command("ps", { args: ["-o", "pid=", "--ppid", String(pid)] })
    .outputSync();
  return new TextDecoder().decode(stdout).split("\n").map(Number).filter((child) => child > 0);
}

function end(pid: number, signal: Deno.Signal): void {
  try {
    Deno.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

/** Sends commands to a Redis server, and gives the answer to the last. */
export function redisCall(
  port: number,
  commands: readonly (readonly string[])[],
): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const socket = connect({ host: "127.0.0.1", port });
  let text = "";
  socket.setEncoding("latin1");
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new Error("Redis does not answer")));
  socket.on("error", reject);
  socket.on("close", () => reject(new Error("Redis has closed the connection")));
  socket.on("data", (part) => {
    text += part;
    try {
      const answers = readAnswers(text, commands.length);
      const wrong = answers?.find((answer) => answer instanceof Error);
      if (wrong) reject(wrong);
      if (answers) resolve(answers.at(-1));
      if (answers) socket.destroy();
    } catch (error) {
      reject(error);
    }
  });
  for (const words of commands) {
    const parts = words.map((word) => `$${new TextEncoder().encode(word).length}\r\n${word}\r\n`);
    socket.write(`*${words.length}\r\n${parts.join("")}`);
  }
  return promise;
}

/** Reads answers of the protocol of Redis; nothing if they are not all there yet. */
function readAnswers(text: string, count: number): unknown[] | undefined {
  let at = 0;
  const read = (): unknown => {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) return INCOMPLETE;
    const [kind, rest] = [text[at], text.slice(at + 1, lineEnd)];
    at = lineEnd + 2;
    if (kind === "+") return rest;
    if (kind === "-") return new Error(rest);
    if (kind === ":") return Number(rest);
    if (kind === "$") {
      const length = Number(rest);
      if (length < 0) return null;
      if (text.length < at + length + 2) return INCOMPLETE;
      at += length + 2;
      return text.slice(at - length - 2, at - 2);
    }
    if (kind !== "*") throw new Error(`Redis answers "${kind}"`);
    const parts: unknown[] = [];
    for (let i = 0; i < Number(rest); i++) {
      const part = read();
      if (part === INCOMPLETE) return INCOMPLETE;
      parts.push(part);
    }
    return parts;
  };
  const answers = Array.from({ length: count }, read);
  return answers.includes(INCOMPLETE) ? undefined : answers;
}

const INCOMPLETE = Symbol("incomplete");

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** Runs a program to its end and gives its stdout. */
async function run(
  [program = "", ...args]: readonly string[],
  cwd?: string,
  env?: Record<string, string>,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, {
    args,
    ...cwd === undefined ? {} : { cwd },
    ...env === undefined ? {} : { env },
    stdin: "null",
  }).output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

async function canRun(program: string, ...args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, { args, stdout: "null", stderr: "null" })
      .output();
    return success;
  } catch {
    return false;
  }
}

function newestIn(folder: string): string | undefined {
  try {
    const versions = [...Deno.readDirSync(folder)].map(({ name }) => name)
      .filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(b) - Number(a));
    return versions[0] && `${folder}/${versions[0]}`;
  } catch {
    return undefined;
  }
}
