// The only file that knows the service's address and its JSON. A module: the background and the page at `/` import it.
// Every call resolves to {answer} or {problem}, never throws: a service that is down is an everyday thing, not an accident.

export const DEFAULT_ADDRESS = "http://127.0.0.1:8747";
const PATIENCE_MS = 180_000;
const KIND_OF_STATUS = { 401: "refused", 403: "refused", 413: "too_large", 503: "not_ready" };
const COMMANDS = { unreachable: "make serve" };

function failure(kind, address, detail) {
  return { problem: { kind, address, detail, command: COMMANDS[kind] } };
}

async function ask(address, path, request) {
  let response;
  try {
    response = await fetch(address + path, { credentials: "omit", cache: "no-store", redirect: "error", signal: AbortSignal.timeout(PATIENCE_MS), ...request });
  } catch (error) {
    return failure(error.name === "TimeoutError" ? "slow" : "unreachable", address);
  }
  const type = response.headers.get("Content-Type") ?? "";
  const body = await response.json().catch(() => null);
  if (response.ok && body) return { answer: body };
  // Anything may listen on a port; only Sidelight's errors are problem+json with a status of their own.
  if (response.ok || !type.startsWith("application/problem+json") || response.status === 404) return failure("foreign", address);
  return failure(KIND_OF_STATUS[response.status] ?? "failed", address, body?.detail);
}

function isAnnotated(answer) {
  return Array.isArray(answer.annotations) && Number.isInteger(answer.coverage?.claims);
}

// `address` is the service's origin, empty for the page that it serves itself. `host` is the site, for evidence of its own.
export async function annotate(address, blocks, host) {
  const body = JSON.stringify(host ? { blocks, page: { host } } : { blocks });
  const result = await ask(address, "/v1/annotate", { method: "POST", headers: { "Content-Type": "application/json" }, body });
  return result.answer && !isAnnotated(result.answer) ? failure("foreign", address) : result;
}

export async function ready(address) {
  const result = await ask(address, "/readyz", {});
  return result.answer && result.answer.status !== "ready" ? failure("foreign", address) : result;
}
