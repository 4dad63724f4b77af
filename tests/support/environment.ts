/**
 * The environment that tests run in, whatever the one is that they are started in. To import this module sets it.
 *
 * @module
 */

import { homedir } from "node:os";

/** What tests may see: where programs and files are, how the network is reached, and what is said to the tests. */
const KEPT = new RegExp(
  `^(?:${
    [
      /PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|LD_LIBRARY_PATH/,
      /DENO_DIR|DENORT_BIN|DENO_CERT|DENO_TLS_CA_STORE|NODE_EXTRA_CA_CERTS|SSL_CERT_\w+/,
      /(?:HTTP|HTTPS|ALL|NO)_PROXY|NPM_CONFIG_\w+/,
      /FANFOLD_(?:SUITE|SEED|ROUNDS)|(?:KILLED|RESUMED|QUEUE)_\w+/,
    ].map(({ source }) => source).join("|")
  })$`,
  "i",
);

const { HOME = homedir(), XDG_CACHE_HOME, DENO_DIR } = Deno.env.toObject();
for (const name of Object.keys(Deno.env.toObject())) if (!KEPT.test(name)) Deno.env.delete(name);
Deno.env.set("LANG", "C.UTF-8");
Deno.env.set("HOME", HOME);
// Deno has its cache there.
if (XDG_CACHE_HOME && !DENO_DIR) Deno.env.set("DENO_DIR", `${XDG_CACHE_HOME}/deno`);
Deno.umask(0o022);
