import type { ComponentChildren } from "preact";
import { errors } from "../workbench/draft";

/** The id of the control of a parameter, or of a place within one. */
export const idOf = (place: string): string => `p-${place.replace(/[^\w]+/g, "-")}`;

/** What a control must say of itself to belong to its label, hint and error. */
export interface Wiring {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": boolean | undefined;
}

export function wiring(place: string, hint?: string): Wiring {
  const id = idOf(place);
  const wrong = place in errors.value;
  const by = [hint ? `${id}-hint` : "", wrong ? `${id}-error` : ""].filter(Boolean).join(" ");
  return { id, "aria-describedby": by || undefined, "aria-invalid": wrong || undefined };
}

export interface FrameProps {
  place: string;
  title: string;
  hint?: string | undefined;
  required?: boolean | undefined;
  /** Said beside the title, such as the value of a slider. */
  aside?: ComponentChildren;
  children: ComponentChildren;
}

/** A control with its label above, and hint and error below. */
export function Frame({ place, title, hint, required, aside, children }: FrameProps) {
  const id = idOf(place);
  return (
    <div class="field" data-place={place}>
      <div class="field-head">
        <label for={id}>
          {title}
          <Needed required={required} />
        </label>
        {aside}
      </div>
      {children}
      <Under place={place} hint={hint} />
    </div>
  );
}

/** Several controls that make one parameter. */
export function GroupFrame({ place, title, hint, required, aside, children }: FrameProps) {
  const { "aria-describedby": by } = wiring(place, hint);
  return (
    <fieldset class="field" data-place={place} aria-describedby={by}>
      <div class="field-head">
        <legend>
          {title}
          <Needed required={required} />
        </legend>
        {aside}
      </div>
      {children}
      <Under place={place} hint={hint} />
    </fieldset>
  );
}

function Needed({ required }: { required: boolean | undefined }) {
  return required ? <span class="field-needed"> (needed)</span> : null;
}

interface UnderProps {
  place: string;
  hint?: string | undefined;
  /** The error is told elsewhere, in an element of its id. */
  silent?: boolean;
}

/** The hint and the error of a place. */
export function Under({ place, hint, silent = false }: UnderProps) {
  const id = idOf(place);
  const error = errors.value[place];
  return (
    <>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && !silent && (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </>
  );
}
