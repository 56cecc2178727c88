import { values } from "../workbench/draft";
import { label, unused } from "./mentions";
import { type Attached, attached, counts } from "./references";
import { texts } from "./renumber";
import { Thumb } from "./thumb";

/** What is attached, each a button that mentions it; says of which the prompt does not speak. */
export function References({ area }: { area: string }) {
  const there = attached.value;
  if (!there.length) return null;
  const silent = new Set(unused(texts(values.value), counts.value));
  return (
    <ul class="references" aria-label="What can be mentioned">
      {there.map((one) => {
        const written = label(one.kind, one.number);
        // Of the only video, or the image that moves, nobody needs to speak.
        const unsaid = one.several && silent.has(written);
        return (
          <li key={written}>
            <button
              class={`reference ${unsaid ? "unsaid" : ""}`}
              type="button"
              title={`Put ${written} into the prompt: ${one.name}`}
              onClick={() => mention(area, one)}
            >
              <Thumb id={one.id} />
              <span class="reference-words">
                <span>{written}</span>
                {unsaid && <span class="reference-unsaid">not mentioned</span>}
              </span>
              <span class="visually-hidden">, {one.name}: put into the prompt</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** Write a mention where the caret is, as if it had been typed. */
function mention(id: string, one: Attached): void {
  const area = document.getElementById(id);
  if (!(area instanceof HTMLTextAreaElement)) return;
  const { selectionStart: start, selectionEnd: end, value } = area;
  const before = /[^\s(["'“‘]$/.test(value.slice(0, start)) ? " " : "";
  const after = /^(\w|$)/.test(value.slice(end)) ? " " : "";
  area.focus();
  area.setRangeText(before + label(one.kind, one.number) + after, start, end, "end");
  area.dispatchEvent(
    new InputEvent("input", { inputType: "insertReplacementText", bubbles: true }),
  );
}
