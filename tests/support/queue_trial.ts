/**
 * Programs around one queue, as people start them: a server, hosts that have joined, runs; each in a folder of its own.
 *
 * @module
 */

import type { QueueState } from "../../lib/engines/queue/broker.ts";
import { until } from "./shared_folder.ts";
import { Folder, MAIN } from "./program.ts";
import {
  HAS_POSTGRES,
  HAS_REDIS,
  NEEDS_POSTGRES,
  NEEDS_REDIS,
  type QueueServer,
  type QueueServerOptions,
  startPostgres,
  startRedis,
} from "./queue_servers.ts";

/** A kind of server that tests are run on. */
export interface ServerKind {
  readonly name: "Redis" | "PostgreSQL";
  /** For the name of a test; how to get it, where it is not here. */
  readonly title: string;
  readonly isHere: boolean;
  readonly start: (options?: QueueServerOptions) => Promise<QueueServer>;
}

export const SERVERS: readonly ServerKind[] = [
  {
    name: "Redis",
    title: HAS_REDIS ? "Redis" : `Redis ${NEEDS_REDIS}`,
    isHere: HAS_REDIS,
    start: startRedis,
  },
  {
    name: "PostgreSQL",
    title: HAS_POSTGRES ? "PostgreSQL" : `PostgreSQL ${NEEDS_POSTGRES}`,
    isHere: HAS_POSTGRES,
    start: startPostgres,
  },
];

/** How long a host may be silent in tests before its slices go to others. */
export const LOCK = "2s";

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is started. */
export interface BesideOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads from stdin. @default nothing */
  readonly stdin?: string;
}

/** fanfold while it runs, in a group and a session of its own. */
export class Beside implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  /** What it has written so far. */
  stdout = "";
  stderr = "";
  readonly #ended: Promise<ProgramEnd>;
  #hasEnded = false;

  constructor(args: readonly string[], cwd: string, { env, stdin = "" }: BesideOptions = {}) {
    this.child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, ...args],
      cwd,
      env: { ...env },
      detached: true,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const writing = new Blob([stdin]).stream().pipeTo(this.child.stdin).catch(() => {});
    const gathered = [
      writing,
      gather(this.child.stdout, (text) => this.stdout += text),
      gather(this.child.stderr, (text) => this.stderr += text),
    ];
    this.#ended = this.child.status.then(async ({ code }) => {
      this.#hasEnded = true;
      await Promise.all(gathered);
      return { code, stdout: this.stdout, stderr: this.stderr };
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Resolves when it has written this to stderr. */
  wrote(text: string): Promise<void> {
    return until(`"${text}"`, () => this.stderr.includes(text));
  }

  /** Sends it a signal, unless it has ended. */
  kill(signal: Deno.Signal): void {
    try {
      this.child.kill(signal);
    } catch {
      // It has ended.
    }
  }

  end(): Promise<ProgramEnd> {
    return this.#ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill("SIGCONT");
    this.kill("SIGKILL");
    await this.#ended;
  }
}

async function gather(
  stream: ReadableStream<Uint8Array>,
  take: (text: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  for await (const bytes of stream) take(decoder.decode(bytes, { stream: true }));
}

/** What each mark of a job takes in the log, in bytes. */
const MARK_BYTES = 10;

/** What a job has told as it began. */
export interface Mark {
  readonly job: number;
  /** First letter of the name of its host. */
  readonly host: string;
}

/** How a host joins. */
export interface JoinOptions {
  /** @default it has the tasks file, and serves all of its tasks */
  readonly serves?: readonly string[];
  readonly slots?: number;
}

/** One server, and all that is started around it in a test. */
export class QueueTrial implements AsyncDisposable {
  readonly server: QueueServer;
  /** Where runs are started. */
  readonly folder: Folder;
  readonly #files: Readonly<Record<string, string>>;
  readonly #folders: Folder[] = [];
  readonly #programs: Beside[] = [];

  private constructor(server: QueueServer, files: Readonly<Record<string, string>>) {
    this.server = server;
    this.#files = files;
    this.folder = this.newFolder(files);
    this.folder.write("log", "");
  }

  /** @param files What stands in the folder of runs and in those of hosts that have modules. */
  static async on(
    kind: ServerKind,
    files: Readonly<Record<string, string>>,
    options?: QueueServerOptions,
  ): Promise<QueueTrial> {
    return new QueueTrial(await kind.start(options), files);
  }

  newFolder(files: Readonly<Record<string, string>> = {}): Folder {
    const folder = new Folder(files);
    this.#folders.push(folder);
    return folder;
  }

  /** A host with the modules, in a folder of its own. */
  host(name: string, options?: JoinOptions): Beside {
    return this.join(this.newFolder(this.#files), name, options);
  }

  /** A host without them, which takes those that runs send. */
  bareHost(name: string, options: JoinOptions = {}): Beside {
    return this.join(this.newFolder(), name, { serves: ["--bundles", "any"], ...options });
  }

  join(folder: Folder, name: string, { serves = [], slots = 2 }: JoinOptions = {}): Beside {
    const args = ["join", this.server.url, "--name", name, "-j", String(slots), "--lock", LOCK];
    return this.start([...args, ...serves], folder, { env: { QUEUE_HOST: name[0] ?? "" } });
  }

  run(...args: readonly string[]): Beside {
    return this.start(["run", "--on", this.server.url, ...args], this.folder);
  }

  /** Runs it at home, with a log of its own. */
  async atHome(...args: readonly string[]): Promise<ProgramEnd> {
    const folder = this.newFolder(this.#files);
    const log = folder.at("log");
    return await this.start(["run", "--no-journal", ...args], folder, { env: { QUEUE_LOG: log } })
      .end();
  }

  start(
    args: readonly string[],
    folder: Folder,
    { env, ...options }: BesideOptions = {},
  ): Beside {
    const program = new Beside(args, folder.path, {
      ...options,
      env: { QUEUE_LOG: this.folder.at("log"), ...env },
    });
    this.#programs.push(program);
    return program;
  }

  /** What jobs have marked, in the order in which they did. */
  get marks(): readonly Mark[] {
    return Deno.readTextFileSync(this.folder.at("log")).split("\n").slice(0, -1)
      .map((line) => ({ job: Number(line.slice(0, -2)), host: line.slice(-1) }));
  }

  /** Resolves when jobs have made so many marks. */
  marked(count: number): Promise<void> {
    const bytes = () => Deno.statSync(this.folder.at("log")).size;
    return until(`${count} marks`, () => bytes() >= count * MARK_BYTES);
  }

  /** Resolves when this job has begun on a host. */
  began(job: number, host: string): Promise<void> {
    const isIt = (mark: Mark) => mark.job === job && mark.host === host;
    return until(`job ${job} on ${host}`, () => this.marks.some(isIt));
  }

  /** Lets the job go that waits for this name. */
  open(name: string | number): void {
    this.folder.write(`open-${name}`, "");
  }

  /** What `fanfold queue` tells. */
  async look(): Promise<QueueState> {
    const { stdout } = await this.start(
      ["queue", this.server.url, "--format", "json"],
      this.folder,
    ).end();
    return JSON.parse(stdout);
  }

  /** Removes what is gone, and gives the keys that are left. */
  async cleaned(): Promise<readonly string[]> {
    const cleaning = this.start(["queue", this.server.url, "--clean"], this.folder);
    const { code, stderr } = await cleaning.end();
    if (code !== 0) throw new Error(stderr);
    return await this.server.keys();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const program of this.#programs) await program[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
    for (const folder of this.#folders) folder[Symbol.dispose]();
  }
}

/** The head of a module of jobs that make marks, and may wait until they are let go. */
export const MARKS = `
import { appendFileSync, existsSync } from "node:fs";
const log = Deno.env.get("QUEUE_LOG") ?? "";
export const host = Deno.env.get("QUEUE_HOST") ?? "-";
export const mark = (n: number) => appendFileSync(log, \`\${String(n).padStart(7)} \${host}\\n\`);
export async function opened(name: unknown) {
  while (!existsSync(log.replace(/log$/, \`open-\${name}\`))) {
    await new Promise((goOn) => setTimeout(goOn, 5));
  }
}
`;

/** A script that makes its mark. */
export const MARKING_SCRIPT = `printf '%7d %s\\n' "$1" "\${QUEUE_HOST:--}" >> "$QUEUE_LOG"`;
