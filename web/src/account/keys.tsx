import { signal, useSignal } from "@preact/signals";
import type { TargetedSubmitEvent } from "preact";
import { useEffect } from "preact/hooks";
import { ApiError, ask, type Schemas, said } from "../api/client";
import { notice } from "../shell/notices";
import { copy } from "../ui/copy";
import { moment } from "../ui/format";
import { Icon } from "../ui/icon";
import { limitSaid } from "./account";

type Key = Schemas["Key"];

/** null until known. */
const keys = signal<readonly Key[] | null>(null);
/** Why they cannot be shown. */
const barred = signal<string | null>(null);

async function look(): Promise<void> {
  try {
    keys.value = (await ask<{ keys: Key[] }>("api/ai/keys")).keys;
    barred.value = null;
  } catch (error) {
    barred.value =
      error instanceof ApiError && error.status === 403
        ? "Your key has not the scope admin, which it takes to see and make keys."
        : said(error);
  }
}

/** The keys of the namespace: make one, revoke one. */
export function Keys() {
  useEffect(() => {
    void look();
  }, []);
  const live = keys.value?.filter((one) => one.revoked === null);
  return (
    <section class="card stack" aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      {barred.value && <p class="soft">{barred}</p>}
      {live && (
        <>
          <MakeKey />
          {live.length > 0 && <KeyTable rows={live} />}
        </>
      )}
    </section>
  );
}

function KeyTable({ rows }: { rows: readonly Key[] }) {
  return (
    <div class="account-table">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Begins with</th>
            <th scope="col">May</th>
            <th scope="col">Limit</th>
            <th scope="col">Last used</th>
            <th scope="col">Good until</th>
            <th scope="col">
              <span class="visually-hidden">Revoke</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <KeyRow key={one.id} row={one} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function KeyRow({ row }: { row: Key }) {
  const sure = useSignal(false);
  const name = row.name || "without a name";
  return (
    <tr>
      <th scope="row">{name}</th>
      <td data-label="Begins with">
        <code>{row.prefix}…</code>
      </td>
      <td data-label="May">{row.scopes.join(", ")}</td>
      <td data-label="Limit">{row.spend_limit ? limitSaid(row.spend_limit) : "none"}</td>
      <td data-label="Last used">{row.last_used ? moment(row.last_used) : "never"}</td>
      <td data-label="Good until">{row.expires ? moment(row.expires) : "always"}</td>
      <td>
        {sure.value ? (
          <span class="row">
            <button
              class="button bad slim"
              type="button"
              onClick={() => revoke(row)}
              aria-label={`Revoke ${name} for good`}
            >
              Revoke for good
            </button>
            <button
              class="button slim"
              type="button"
              onClick={() => {
                sure.value = false;
              }}
            >
              Keep
            </button>
          </span>
        ) : (
          <button
            class="button slim"
            type="button"
            aria-label={`Revoke ${name}`}
            onClick={() => {
              sure.value = true;
            }}
          >
            Revoke
          </button>
        )}
      </td>
    </tr>
  );
}

async function revoke(row: Key): Promise<void> {
  try {
    await ask(`api/ai/keys/${encodeURIComponent(row.id)}`, { method: "DELETE" });
    notice("done", `The key ${row.name || row.prefix} was revoked.`);
    await look();
  } catch (error) {
    notice("error", said(error));
  }
}

const SCOPES = ["read", "write", "admin"] as const;
const MEANING = {
  read: "look",
  write: "make videos and upload",
  admin: "look after keys and limits",
} as const;

function MakeKey() {
  const open = useSignal(false);
  const secret = useSignal<string | null>(null);
  const problem = useSignal("");

  async function make(event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const limit = String(form.get("limit") ?? "").trim();
    try {
      const told = await ask<{ secret: string }>("api/ai/keys", {
        method: "POST",
        json: {
          name: String(form.get("name") ?? "").trim(),
          scopes: SCOPES.filter((one) => form.has(one)),
          ...(form.get("expires") ? { expires: form.get("expires") } : {}),
          ...(limit ? { spend_limit: `${limit}/month` } : {}),
        },
      });
      secret.value = told.secret;
      open.value = false;
      problem.value = "";
      await look();
    } catch (error) {
      problem.value = said(error);
    }
  }

  if (secret.value) return <Secret secret={secret.value} onDone={() => (secret.value = null)} />;
  if (!open.value) {
    return (
      <div>
        <button
          class="button"
          type="button"
          onClick={() => {
            open.value = true;
          }}
        >
          <Icon name="plus" />
          Make a key
        </button>
      </div>
    );
  }
  return (
    <form class="stack make-key" onSubmit={make}>
      <label class="field">
        <span>What it is for</span>
        <input name="name" maxLength={200} required placeholder="e.g. my script" />
      </label>
      <fieldset class="row">
        <legend class="small">It may</legend>
        {SCOPES.map((one) => (
          <label key={one} class="row">
            <input type="checkbox" name={one} defaultChecked={one !== "admin"} />
            {MEANING[one]}
          </label>
        ))}
      </fieldset>
      <div class="row make-key-bounds">
        <label class="field">
          <span>Good for</span>
          <select name="expires">
            <option value="">ever</option>
            <option value="1d">a day</option>
            <option value="30d">30 days</option>
            <option value="365d">a year</option>
          </select>
        </label>
        <label class="field">
          <span>Dollars a month, at most</span>
          <input name="limit" type="number" min="0" step="0.01" placeholder="no limit" />
        </label>
      </div>
      <p class="error" role="alert">
        {problem}
      </p>
      <div class="row">
        <button class="button accent" type="submit">
          Make the key
        </button>
        <button
          class="button"
          type="button"
          onClick={() => {
            open.value = false;
          }}
        >
          Do not
        </button>
      </div>
    </form>
  );
}

function Secret({ secret, onDone }: { secret: string; onDone: () => void }) {
  const copied = useSignal(false);
  return (
    <div class="stack key-secret" role="status">
      <p>
        <strong>Copy it now: it is shown this once.</strong>
      </p>
      <code>{secret}</code>
      <div class="row">
        <button
          class="button accent"
          type="button"
          onClick={async () => {
            copied.value = await copy(secret);
          }}
        >
          <Icon name="copy" />
          {copied.value ? "Copied" : "Copy"}
        </button>
        <button class="button" type="button" onClick={onDone}>
          Done
        </button>
      </div>
    </div>
  );
}
