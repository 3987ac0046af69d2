// The name of a claim that says nothing of it: a hash of its words, so that a dismissed claim is known again and never stored.

const UNHEARD = /[^\p{L}\p{N}]+/gu;

export async function keyOf(text) {
  const words = text.normalize("NFKC").toLowerCase().replace(UNHEARD, " ").trim();
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(words));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
