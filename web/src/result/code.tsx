import { useSignal } from "@preact/signals";
import type { Generation } from "../generations/generations";
import { modelOf } from "../models/models";
import { namespace, session } from "../session/session";
import { copy } from "../ui/copy";
import { Icon } from "../ui/icon";
import { host } from "./again";
import { lasting } from "./clips";
import { requestOf } from "./request";
import { curl, python } from "./snippet";

const LANGUAGES = [
  { name: "cURL", write: curl },
  { name: "Python", write: python },
] as const;

/** The request as a program, to be copied. */
export function Code({ row }: { row: Generation }) {
  const { body, lost } = requestOf(row, modelOf(row.model), namespace());
  const keys = session.value?.auth ?? true;
  if (lost.length) {
    return (
      <p class="hint">
        There is no copy of this request as a program: it held a file in <code>{lost[0]}</code>, of
        which only the beginning is kept.
      </p>
    );
  }
  const snippet = { host: host(), body: lastingIn(body, row.target_namespace), keys };
  return (
    <details class="result-code">
      <summary>As a program</summary>
      <div class="stack">
        {keys && (
          <p class="hint">
            The key is read from the variable <code>CUTROOM_KEY</code>.
          </p>
        )}
        {LANGUAGES.map(({ name, write }) => (
          <Listing key={name} name={name} text={write(snippet)} />
        ))}
      </div>
    </details>
  );
}

function Listing({ name, text }: { name: string; text: string }) {
  const told = useSignal("");
  return (
    <figure class="result-listing">
      <figcaption class="row">
        <h3>{name}</h3>
        <span class="header-gap" />
        <span class="small" role="status">
          {told}
        </span>
        <button
          class="button slim"
          type="button"
          onClick={async () => {
            told.value = (await copy(text)) ? "Copied" : "Select the text to copy it";
          }}
        >
          <Icon name="copy" />
          Copy as {name}
        </button>
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: long lines are scrolled by keys */}
      <section tabIndex={0} aria-label={`${name}, the whole program`}>
        <pre>
          <code>{text}</code>
        </pre>
      </section>
    </figure>
  );
}

/** Signatures of files of the same namespace expire, and are not needed by its key. */
function lastingIn(body: Record<string, unknown>, owner: string): Record<string, unknown> {
  const all = (value: unknown): unknown => {
    if (typeof value === "string") return /^https?:/i.test(value) ? unsigned(value, owner) : value;
    if (Array.isArray(value)) return value.map(all);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, all(one)]));
  };
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [name, name === "prompt" ? value : all(value)]),
  );
}

function unsigned(url: string, owner: string): string {
  const [bare = "", fragment] = url.split("#");
  if (!bare.includes("oxen_signature=")) return url;
  return lasting(bare, owner) + (fragment === undefined ? "" : `#${fragment}`);
}
