import { assert, assertEquals, assertRejects } from "@std/assert";
import { TooLarge } from "../../../../lib/clones/uncloneable.ts";
import { connect } from "../../../../lib/engines/queue/server/connect.ts";
import { readAddress } from "../../../../lib/engines/queue/server/server_address.ts";
import { Fault } from "../../../../lib/fault.ts";
import { onEach } from "../../../support/on_queue_servers.ts";
import { NotingHost, NotingRun } from "../../../support/queue_sides.ts";

const PASSWORD = "sec:re%t /#?@";

/** The message of the fault that it ends in. */
async function faultOf(url: string, kind: Fault["kind"] = "engine"): Promise<string> {
  const fault = await assertRejects(() => connect(url), Fault);
  assertEquals(fault.kind, kind);
  assert(!fault.message.includes("secret"), fault.message);
  return fault.message;
}

onEach("connect() takes user and password from the URL", async ({ connect }) => {
  assertEquals((await (await connect()).look()).runs, []);
}, { password: PASSWORD });

onEach("connect() takes a password from the environment, if the URL has none", async (served) => {
  const { server: { url }, kind } = served;
  Deno.env.set("FANFOLD_QUEUE_PASSWORD", PASSWORD);
  if (kind === "postgres") Deno.env.set("FANFOLD_QUEUE_USER", "fanfold");
  try {
    await using broker = await disposable(url.replace(/\/\/.*@/, "//"));
    assertEquals((await broker.look()).runs, []);
  } finally {
    Deno.env.delete("FANFOLD_QUEUE_PASSWORD");
    Deno.env.delete("FANFOLD_QUEUE_USER");
  }
}, { password: PASSWORD });

onEach("connect() says that a password is wrong, and not which", async ({ server, kind }) => {
  const [name, why] = kind === "redis"
    ? ["Redis", "WRONGPASS invalid username-password pair or user is disabled"]
    : ["PostgreSQL", 'password authentication failed for user "fanfold"'];
  assertEquals(
    await faultOf(server.url.replace(/:[^:]*@/, ":secret@")),
    `Cannot reach the queue on ${name} at 127.0.0.1:${server.port}: ${why}`,
  );
  const message = await faultOf(server.url.replace(/\/\/.*@/, "//"));
  assert(message.includes("and none w"), message);
}, { password: PASSWORD });

onEach("connect() says that nobody listens at a port", async ({ server }) => {
  const { url, port } = server;
  await server.stop();
  const name = url.startsWith("redis") ? "Redis" : "PostgreSQL";
  assertEquals(
    await faultOf(url),
    `Cannot reach the queue on ${name} at 127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}`,
  );
});

for (const [scheme, name] of [["redis", "Redis"], ["postgres", "PostgreSQL"]] as const) {
  Deno.test(`connect() says that no host has that name, ${scheme}`, async () => {
    const message = await faultOf(`${scheme}://u:secret@nowhere.invalid`);
    const port = scheme === "redis" ? 6379 : 5432;
    assert(message.startsWith(`Cannot reach the queue on ${name} at nowhere.invalid:${port}: `));
    assert(message.includes("nowhere.invalid"), message);
  });

  Deno.test(`connect() says that it is not ${name} that answers`, async () => {
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response("hello"),
    );
    const { port } = server.addr;
    assertEquals(
      await faultOf(`${scheme}://u:secret@127.0.0.1:${port}`),
      `Cannot reach the queue on ${name} at 127.0.0.1:${port}: it does not speak as ${name} does`,
    );
  });

  Deno.test(`connect() gives up a server that does not answer, ${scheme}`, async () => {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    assertEquals(
      await faultOf(`${scheme}://u:secret@127.0.0.1:${port}`),
      `Cannot reach the queue on ${name} at 127.0.0.1:${port}: it does not answer`,
    );
  });
}

Deno.test("connect() speaks TLS to an address as to a name", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const fault = faultOf(`rediss://127.0.0.1:${listener.addr.port}`);
  using connection = await listener.accept();
  const bytes = new Uint8Array(1);
  await connection.read(bytes);
  // The kind of what is sent first: a handshake.
  assertEquals(bytes[0], 22);
  await fault;
});

Deno.test("connect() refuses what is no URL of a queue, and shows none of it that is secret", async () => {
  const start = "Cannot read the URL of the queue: ";
  const wanted = "wanted redis://HOST, rediss://HOST or postgres://HOST";
  const cases: readonly (readonly [url: string, message: string])[] = [
    ["secret", `found no URL, ${wanted}`],
    ["redis:secret@host", `found no URL, ${wanted}`],
    ["http://u:secret@host", `found "http://", ${wanted}`],
    ["redis://", `host or port are not valid, ${wanted}`],
    ["redis://u:secret@host:99999", `host or port are not valid, ${wanted}`],
    ["redis://u:secret%@host", "the password has a % that is no escape, wanted %25"],
    ["redis://u:secret@host/x", 'found database "x", wanted a number'],
    ["redis://u:secret@host/?a=1", "found parameters behind a question mark"],
  ];
  for (const [url, message] of cases) assertEquals(await faultOf(url, "usage"), start + message);
});

Deno.test("readAddress() reads hosts, ports, databases and who we are", () => {
  const none = () => undefined;
  assertEquals(readAddress("rediss://u:p%40@[::1]/2", none), {
    ...{ kind: "redis", isTls: true, host: "::1", port: 6379, shown: "Redis at [::1]:6379" },
    ...{ user: "u", password: "p@", database: "2", parameters: "" },
  });
  assertEquals(readAddress("postgresql://h:80/d?sslmode=require", none), {
    ...{ kind: "postgres", isTls: false, host: "h", port: 80, shown: "PostgreSQL at h:80" },
    ...{ database: "d", parameters: "sslmode=require" },
  });
});

onEach("a Broker refuses what is too large for its server", async ({ connect }) => {
  const broker = await connect({ mostBytes: 1000 });
  const run = await NotingRun.open(broker, "s");
  const host = await NotingHost.join(broker, "h");
  const error = await assertRejects(() => run.send("a", new Uint8Array(1001)), TooLarge);
  assertEquals([error.bytes, error.most], [1001, 1000]);
  await run.send("b", new Uint8Array(1000));
  const b = await host.has(1);
  await assertRejects(() => host.report(b, 0, { items: new Uint8Array(1001) }), TooLarge);
  await host.report(b, 0, { items: new Uint8Array(1000) });
  await run.link.caughtUp();
  assertEquals(run.reports.map(({ items }) => items.length), [1000]);
});

onEach("a Broker takes messages of the greatest length", async ({ connect }) => {
  const [near, far] = await Promise.all([connect(), connect()]);
  const run = await NotingRun.open(near, "s");
  const host = await NotingHost.join(far, "h");
  const bytes = new Uint8Array(96 * 2 ** 20);
  bytes[bytes.length - 1] = 7;
  await run.send("a", bytes);
  const { delivery: { inputs } } = await host.has(1);
  assertEquals([inputs.length, inputs.at(-1)], [bytes.length, 7]);
});

async function disposable(url: string) {
  const broker = await connect(url);
  return Object.assign(broker, { [Symbol.asyncDispose]: () => broker.close() });
}
