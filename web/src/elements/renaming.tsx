import { useSignal } from "@preact/signals";
import { said } from "../api/client";
import { type Element, elements, rename } from "./library";
import { NameField } from "./name-field";
import { nameProblem, tidy } from "./names";

interface RenamingProps {
  one: Element;
  /** null: it is called as before. */
  onDone: (old: Element, now: Element | null) => void;
}

export function Renaming({ one, onDone }: RenamingProps) {
  const name = useSignal(one.name);
  const error = useSignal("");
  const busy = useSignal(false);

  async function save(): Promise<void> {
    if (busy.value) return;
    if (tidy(name.value) === one.name) return onDone(one, null);
    const others = elements.value?.filter((other) => other !== one).map((other) => other.name);
    error.value = nameProblem(name.value, [...(others ?? []), one.name]) ?? "";
    if (error.value) return;
    busy.value = true;
    try {
      onDone(one, await rename(one, name.value));
    } catch (problem) {
      error.value = said(problem);
    } finally {
      busy.value = false;
    }
  }

  return (
    <div class="stack">
      <NameField name={name} error={error} onEnter={save} />
      <div class="element-foot">
        <button class="button" type="button" onClick={() => onDone(one, null)}>
          Back
        </button>
        <button class="button accent" type="button" aria-disabled={busy.value} onClick={save}>
          {busy.value ? "Renaming…" : "Rename"}
        </button>
      </div>
    </div>
  );
}
