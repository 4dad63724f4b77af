import { assertEquals } from "@std/assert";
import { fanfold, Folder } from "../support/program.ts";
import { Beside } from "../support/queue_trial.ts";
import {
  HAS_POSTGRES,
  HAS_REDIS,
  NEEDS_POSTGRES,
  NEEDS_REDIS,
  startPostgres,
  startRedis,
} from "../support/queue_servers.ts";

const FILES = {
  "n.ts": "export const seen = () => Object.values(Deno.env.toObject()).join();",
  "fanfold.yaml": `tasks:
  worker: { run: ./n.ts#seen, inputs: [1] }
  process: { run: ./n.ts#seen, isolation: process, inputs: [1] }
  command: { shell: env, inputs: [1] }
`,
};

const PASSWORD = "pass word/42%";

const SERVERS = [
  { title: `Redis ${NEEDS_REDIS}`, isHere: HAS_REDIS, start: startRedis },
  { title: `PostgreSQL ${NEEDS_POSTGRES}`, isHere: HAS_POSTGRES, start: startPostgres },
];

for (const { title, isHere, start } of SERVERS) {
  Deno.test({
    name: `fanfold join tells its jobs no password of its environment, with ${title}`,
    ignore: !isHere,
    fn: async () => {
      await using server = await start({ password: PASSWORD });
      using folder = new Folder(FILES);
      const url = new URL(server.url.replace(/^\w+:/, "http:"));
      const user = decodeURIComponent(url.username);
      const env: Record<string, string> = { FANFOLD_QUEUE_PASSWORD: PASSWORD };
      if (user !== "") env.FANFOLD_QUEUE_USER = user;
      const bare = server.url.replace(/\/\/[^@]*@/, "//");
      await using host = new Beside(["join", bare, "--name", "h"], folder.path, { env });
      await host.wrote("h serves");
      const options = { cwd: folder.path, env };
      const { code, stdout, stderr } = await fanfold(["run", "--on", bare], options);
      assertEquals([code, stdout.includes("PATH")], [0, true], stderr);
      for (const text of [stdout, stderr, host.stdout, host.stderr]) {
        assertEquals(text.includes(PASSWORD), false, text);
      }
    },
  });
}
