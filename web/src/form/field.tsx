import { ElementPicker } from "../elements/element-picker";
import { MediaField } from "../footage/field";
import { problems } from "../footage/fits";
import { MediaList } from "../footage/list";
import { limitsOf } from "../footage/media";
import type { Schema } from "../models/models";
import { label } from "../prompt/mentions";
import { groups } from "../prompt/references";
import { attachment } from "../workbench/attachment";
import { type ElementValue, errors, idsIn, isOf, model } from "../workbench/draft";
import { ChoiceField, ChoicesField, SwitchField } from "./choice";
import { kindOf, titleOf } from "./kind";
import { NumberField, SeedField } from "./number";
import { ObjectField, ObjectsField } from "./objects";
import { JsonField, LinesField, PromptField, TextField } from "./text";

export interface FieldProps {
  /** The parameter, or a place within one such as `multi_prompt[1].prompt`: what its errors go by. */
  place: string;
  /** The parameter's own name, or that within its object. */
  name: string;
  schema: Schema;
  /** undefined: not chosen; then the default holds. */
  value: unknown;
  required?: boolean | undefined;
  onChange: (value: unknown) => void;
}

/** The control that a schema asks for. */
export function Field(props: FieldProps) {
  switch (kindOf(props.name, props.schema)) {
    case "media":
    case "media-list":
    case "elements":
      return <Media {...props} />;
    case "switch":
      return <SwitchField {...props} />;
    case "choice":
      return <ChoiceField {...props} />;
    case "choices":
      return <ChoicesField {...props} />;
    case "number":
      return <NumberField {...props} />;
    case "seed":
      return <SeedField {...props} />;
    case "prompt":
      return <PromptField {...props} />;
    case "text":
    case "long-text":
      return <TextField {...props} />;
    case "objects":
      return <ObjectsField {...props} />;
    case "object":
      return <ObjectField {...props} />;
    case "list":
      return <LinesField {...props} />;
    case "json":
      return <JsonField {...props} />;
  }
}

function Media({ place, name, schema, value, required, onChange }: FieldProps) {
  const group = groups.value.find(({ field }) => field === place);
  const common = {
    schema,
    label: titleOf(name, schema),
    // That it is an address is of interest to programs alone.
    hint: schema.description?.startsWith("URL") ? undefined : schema.description,
    error: errorOf(place, schema, value),
    required,
  };
  const room = roomLeft(place);
  const list = {
    ...common,
    room,
    mention: group && ((index: number) => label(group.kind, index + 1)),
  };
  return (
    <div class="media-field" data-place={place}>
      {schema.items?.properties ? (
        <ElementPicker
          {...common}
          room={room}
          value={(value ?? []) as readonly ElementValue[]}
          onChange={onChange}
        />
      ) : schema.items ? (
        <MediaList {...list} value={(value ?? []) as readonly string[]} onChange={onChange} />
      ) : (
        <MediaField {...common} value={(value ?? null) as string | null} onChange={onChange} />
      )}
    </div>
  );
}

/** How many more references the model takes, where this parameter is counted among them. */
function roomLeft(place: string): number | undefined {
  const most = model.value?.request_schema["x-max-references"];
  const counted = groups.value.filter(({ kind }) => kind !== "video");
  if (most == null || !counted.some(({ field }) => field === place)) return undefined;
  return Math.max(0, most - counted.reduce((sum, { ids }) => sum + ids.length, 0));
}

/** The errors of a place and those within it, less what its files say of themselves. */
function errorOf(place: string, schema: Schema, value: unknown): string | undefined {
  const own = idsIn(schema, value).flatMap((id) => {
    const one = attachment(id)?.value;
    return one ? problems(one, limitsOf(schema)) : [];
  });
  const told = Object.entries(errors.value).filter(
    ([at, text]) => isOf(at, place) && !own.includes(text),
  );
  return told.map(([, text]) => text).join(" ") || undefined;
}
