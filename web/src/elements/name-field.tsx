import type { Signal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";

interface NameFieldProps {
  name: Signal<string>;
  /** What is wrong with it; "" while nothing is. */
  error: Signal<string>;
  onEnter: () => void;
}

/** What an element is called. Takes the focus, with all of it selected. */
export function NameField({ name, error, onEnter }: NameFieldProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.select(), []);
  return (
    <div class="field">
      <label for={id} class="element-label">
        Name
      </label>
      <input
        ref={input}
        id={id}
        type="text"
        autocomplete="off"
        value={name}
        aria-invalid={error.value !== ""}
        aria-describedby={`${id}-error`}
        onInput={({ currentTarget }) => {
          name.value = currentTarget.value;
          error.value = "";
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.isComposing) return;
          event.preventDefault();
          onEnter();
        }}
      />
      <p class="error" id={`${id}-error`} role="alert">
        {error}
      </p>
    </div>
  );
}
