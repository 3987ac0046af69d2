// The only file that knows the service's address and its JSON. A module: the background and the page at `/` import it.
// Every call resolves to {answer} or {problem}, never throws: a service that is down is an everyday thing, not an accident.

export const DEFAULT_ADDRESS = "http://127.0.0.1:8747";
const PATIENCE_MS = 180_000;
// A busy service is asked again, and no later than this, whatever it says.
const MOST_ASKS = 3;
const LONGEST_PAUSE_S = 10;
const KIND_OF_STATUS = { 403: "refused", 413: "too_large", 503: "not_ready" };
const SIDES = { supported: ["supports"], contradicted: ["contradicts"], disputed: ["supports", "contradicts"] };
const COMMANDS = { unreachable: "make serve" };

function failure(kind, address, detail) {
  return { problem: { kind, address, detail, command: COMMANDS[kind] } };
}

// A service is {address, token}: its origin, and what it asks for where it does not answer everybody.
async function ask({ address, token }, path, { headers, signal, ...request } = {}) {
  const patience = AbortSignal.timeout(PATIENCE_MS);
  let response;
  try {
    response = await fetch(address + path, {
      credentials: "omit", cache: "no-store", redirect: "error", ...request,
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
      headers: token ? { ...headers, Authorization: `Bearer ${token}` } : headers,
    }); // prettier-ignore
  } catch (error) {
    return failure(error.name === "TimeoutError" ? "slow" : "unreachable", address);
  }
  const type = response.headers.get("Content-Type") ?? "";
  const body = await response.json().catch(() => null);
  if (response.ok && body) return { answer: body };
  // A token is asked for by what stands before the service, in words of its own.
  if (response.status === 401) return failure("token", address);
  // Anything may listen on a port; only Sidelight's errors are problem+json with a status of their own.
  if (response.ok || !type.startsWith("application/problem+json") || response.status === 404) return failure("foreign", address);
  // A service that is not ready says when to come back too, but names no limit: that needs its owner, not time.
  const pause = Number(response.headers.get("Retry-After"));
  if (pause > 0 && body?.limit) return { ...failure("busy", address, body.detail), pause };
  return failure(KIND_OF_STATUS[response.status] ?? "failed", address, body?.detail);
}

// Asks again where the service is busy, after the seconds that it names.
async function patiently(service, path, request) {
  for (let asks = 1; ; asks++) {
    const { pause, ...result } = await ask(service, path, request);
    if (!pause || asks === MOST_ASKS) return result;
    await new Promise((over) => setTimeout(over, Math.min(pause, LONGEST_PAUSE_S) * 1000));
  }
}

function isAnnotated(answer) {
  return Array.isArray(answer.annotations) && Number.isInteger(answer.coverage?.claims);
}

function isChecked(answer) {
  return typeof answer.verdict === "string" && Array.isArray(answer.evidence);
}

async function post(service, path, body, fits, signal) {
  const headers = { "Content-Type": "application/json" };
  const result = await patiently(service, path, { method: "POST", headers, body: JSON.stringify(body), signal });
  if (result.answer && !fits(result.answer)) return failure("foreign", service.address);
  if (result.answer) for (const finding of result.answer.annotations ?? [result.answer]) complete(finding, result.answer);
  return result;
}

// What the answer says of a finding elsewhere. The service's notes are on the first source of the words alone.
function complete(finding, answer) {
  finding.record = recordOf(finding, answer);
  for (const source of finding.evidence.flatMap(({ also_from = [] }) => also_from)) {
    source.retracted = answer.index.retracted.includes(source.id);
  }
}

// How often such calls were right where the service's model was measured: {measured: [{right, of}, ...], on}, with counts of each side
// that the verdict stands on; null where it was not measured.
function recordOf({ verdict }, { models }) {
  const measured = (SIDES[verdict] ?? []).map((side) => models?.evaluation?.[side]);
  return measured.length && measured.every((counts) => counts?.of) ? { measured, on: models.evaluation.on.join(", ") } : null;
}

// `host` is the site, for evidence of its own; an aborted `signal` ends the asking.
export function annotate(service, blocks, host, signal) {
  return post(service, "/v1/annotate", host ? { blocks, page: { host } } : { blocks }, isAnnotated, signal);
}

export function check(service, claim, host) {
  return post(service, "/v1/check", { claim, page: { host } }, isChecked);
}

// The first two numbers say what a version speaks.
function speech(version) {
  return String(version).split(".", 2).join(".");
}

// Whether the service is there, lets us in, is ready, and speaks as this `version` of the extension does.
export async function tested(service, version) {
  const result = await ask(service, "/readyz");
  if (result.answer && result.answer.status !== "ready") return failure("foreign", service.address);
  if (result.problem) return result;
  const about = await ask(service, "/openapi.json");
  if (about.problem) return about;
  const { info } = about.answer;
  return speech(info?.version) === speech(version) ? { answer: info } : failure("version", service.address, `${info?.version} / ${version}`);
}
