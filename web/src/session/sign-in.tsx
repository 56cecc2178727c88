import { useSignal } from "@preact/signals";
import type { TargetedSubmitEvent } from "preact";
import { said } from "../api/client";
import { enter, signedOutBecause } from "./session";

export function SignIn() {
  const key = useSignal("");
  const error = useSignal(signedOutBecause.value);
  const busy = useSignal(false);

  async function submit(event: TargetedSubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    busy.value = true;
    try {
      await enter({ key: key.value.trim() });
    } catch (problem) {
      error.value = said(problem);
    } finally {
      busy.value = false;
    }
  }

  return (
    <form class="sign-in card" onSubmit={submit}>
      <h1>Sign in</h1>
      <p>
        With a key of this server. <code>cutroom keys create --namespace NAME</code> makes one;{" "}
        <code>cutroom link</code> prints a link that signs you in once.
      </p>
      <label class="field">
        <span>Key</span>
        <input
          type="password"
          autocomplete="current-password"
          placeholder="cr_…"
          required
          value={key}
          aria-invalid={error.value !== null}
          aria-describedby="sign-in-error"
          onInput={(event) => {
            key.value = event.currentTarget.value;
          }}
        />
      </label>
      <p id="sign-in-error" class="error" role="alert">
        {error}
      </p>
      <button class="button accent" type="submit" disabled={busy}>
        Sign in
      </button>
    </form>
  );
}
