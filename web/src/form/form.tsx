import { signal } from "@preact/signals";
import type { Schema } from "../models/models";
import { Icon } from "../ui/icon";
import { type Errors, errors, isOf, model, set, values } from "../workbench/draft";
import { problems } from "./checks";
import { Field } from "./field";
import { left } from "./leaving";
import "./form.css";
import { differs } from "./kind";
import { parted } from "./parted";

const moreOpen = signal(false);

interface FormProps {
  /** Parameters that have a place elsewhere on the page. The prompt always has. */
  omit?: readonly string[];
}

/** The parameters of the model: what it shows first, and the rest behind "More settings". */
export function Form({ omit = [] }: FormProps) {
  const of = model.value;
  if (!of) return null;
  const { first, rest } = parted(of.request_schema, ["prompt", ...omit]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only keeps a key from doing what nobody wants
    <div class="form" onKeyDown={keepFromSending}>
      {first.map((name) => (
        <Parameter key={`${of.id} ${name}`} name={name} />
      ))}
      {rest.length > 0 && <More of={of.id} names={rest} />}
    </div>
  );
}

/** Enter in a field of one line is no wish to spend money. */
function keepFromSending(event: KeyboardEvent): void {
  const { target } = event;
  const line = target instanceof HTMLInputElement && target.type !== "file";
  if (event.key === "Enter" && line && !event.isComposing) event.preventDefault();
}

/** One parameter of the model, wherever on the page; nothing where the model has none of that name. */
export function Parameter({ name }: { name: string }) {
  const schema = schemaOf(name);
  if (!schema) return null;
  return (
    <div
      class="parameter"
      onFocusOut={(event) => {
        const to = event.relatedTarget;
        if (!(to instanceof Node && event.currentTarget.contains(to))) left(name);
      }}
    >
      <Field
        place={name}
        name={name}
        schema={schema}
        value={values.value[name]}
        required={model.value?.request_schema.required?.includes(name)}
        onChange={(value) => put(name, schema, value)}
      />
    </div>
  );
}

const schemaOf = (name: string): Schema | undefined =>
  model.value?.request_schema.properties?.[name];

/** What is the default need not be sent, nor be told as a change. */
function put(name: string, schema: Schema, value: unknown): void {
  set(name, value === schema.default ? undefined : (value ?? undefined));
}

function More({ of, names }: { of: string; names: readonly string[] }) {
  const changed = names.filter((name) => {
    const schema = schemaOf(name);
    return schema && differs(schema, values.value[name]);
  });
  return (
    <details
      class="more"
      open={moreOpen}
      onToggle={(event) => {
        moreOpen.value = event.currentTarget.open;
      }}
    >
      <summary>
        <Icon name="down" />
        More settings
        {changed.length > 0 && <span class="tag accent">{changed.length} changed</span>}
      </summary>
      <div class="form-fields">
        {names.map((name) => (
          <Parameter key={`${of} ${name}`} name={name} />
        ))}
        {changed.length > 0 && (
          <button
            class="button slim add"
            type="button"
            onClick={() => {
              for (const name of changed) set(name, undefined);
            }}
          >
            <Icon name="retry" />
            Back to the defaults
          </button>
        )}
      </div>
    </details>
  );
}

/** Check everything, show what is wrong and take the focus to the first; whether all is well. */
export function check(): boolean {
  const of = model.peek();
  if (!of) return false;
  const found = problems(of.request_schema, values.peek());
  reveal(found);
  return !Object.keys(found).length;
}

/** Show errors beside their fields, and take the focus to the first of them on the page. */
export function reveal(found: Errors): void {
  errors.value = found;
  const places = Object.keys(found);
  const schema = model.peek()?.request_schema;
  const { rest } = schema ? parted(schema, []) : { rest: [] };
  if (rest.some((name) => places.some((place) => isOf(place, name)))) moreOpen.value = true;
  if (places.length) requestAnimationFrame(() => focusFirst(places));
}

const CONTROLS =
  "[aria-invalid=true], input:not([type=file]), textarea, select, button, [tabindex='0']";

function focusFirst(places: readonly string[]): void {
  const all = [...document.querySelectorAll<HTMLElement>("[data-place]")];
  // An error within a list is beside its part, or, where that is not drawn, beside the list.
  const exact = all.find(({ dataset }) => places.includes(dataset["place"] ?? ""));
  const around = all.find(({ dataset }) => places.some((one) => isOf(one, dataset["place"] ?? "")));
  (exact ?? around)?.querySelector<HTMLElement>(CONTROLS)?.focus();
}
