/** A parameter is looked at when somebody leaves it. */

import { errors, isOf, model, values } from "../workbench/draft";
import { isEmpty, problems } from "./checks";
import { kindOf } from "./kind";
import { stepsOf } from "./sentences";

/** Whether a mouse or a finger is down. */
let pressed = false;
if (typeof window !== "undefined") {
  const set = (to: boolean) => () => {
    pressed = to;
  };
  addEventListener("pointerdown", set(true), true);
  addEventListener("pointerup", set(false), true);
  addEventListener("pointercancel", set(false), true);
}

/**
 * Say what is wrong with a parameter, now that somebody has left it.
 *
 * Where it was left by pressing something else, that is let go of first: an error that moved it away
 * from under the pointer would make the click miss.
 */
export function left(name: string): void {
  if (!pressed) {
    look(name);
    return;
  }
  const then = (): void => {
    removeEventListener("pointerup", then);
    removeEventListener("pointercancel", then);
    setTimeout(() => look(name));
  };
  addEventListener("pointerup", then);
  addEventListener("pointercancel", then);
}

/** What is merely not there yet is not held against anybody. Media tell of themselves. */
function look(name: string): void {
  const schema = model.peek()?.request_schema;
  const part = schema?.properties?.[name];
  if (!schema || !part || kindOf(name, part).startsWith("media")) return;
  const found = Object.entries(problems(schema, values.peek())).filter(
    ([place]) => isOf(place, name) && !isEmpty(valueAt(place)),
  );
  const told = Object.entries(errors.peek());
  const others = told.filter(([place]) => !isOf(place, name));
  if (found.length || others.length < told.length) {
    errors.value = Object.fromEntries([...others, ...found]);
  }
}

function valueAt(place: string): unknown {
  return stepsOf(place).reduce<unknown>(
    (at, step) => (at as Record<string, unknown> | undefined)?.[step.replace(/[[\]]/g, "")],
    values.peek(),
  );
}
