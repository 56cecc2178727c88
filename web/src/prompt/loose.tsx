import { nothingThere } from "../form/checks";
import { Icon } from "../ui/icon";
import { label, type Mention, mentions, spliced } from "./mentions";
import { attached, counts } from "./references";

interface LooseProps {
  /** One for each thing that is not there. */
  loose: readonly Mention[];
  text: string;
  onText: (text: string) => void;
}

/** The mentions of a text that point at nothing, each with ways to mend it. */
export function Loose({ loose, text, onText }: LooseProps) {
  return (
    <ul class="loose">
      {loose.map((one) => (
        <li key={label(one.kind, one.number)} class="loose-one">
          <span class="loose-words">
            <Icon name="warning" />
            {nothingThere(one, counts.value[one.kind])}
          </span>
          <span class="row">
            {attached.value
              .filter(({ kind }) => kind === one.kind)
              .map(({ kind, number }) => (
                <button
                  key={number}
                  class="button slim"
                  type="button"
                  onClick={() => onText(instead(text, one, label(kind, number)))}
                >
                  Use {label(kind, number)}
                </button>
              ))}
            <button class="button slim" type="button" onClick={() => onText(without(text, one))}>
              Take it out
              <span class="visually-hidden">: {label(one.kind, one.number)}</span>
            </button>
          </span>
        </li>
      ))}
    </ul>
  );
}

const same = (one: Mention, other: Mention): boolean =>
  one.kind === other.kind && one.number === other.number;

/** The text with every mention of that thing written otherwise. */
export function instead(text: string, one: Mention, by: string): string {
  const those = mentions(text).filter((other) => same(one, other));
  return spliced(text, those.map(({ start, end }) => ({ start, end, by }))); // biome-ignore format: one thought
}

/** The text without any mention of that thing, and without the space it leaves behind. */
export function without(text: string, one: Mention): string {
  const those = mentions(text).filter((other) => same(one, other));
  return spliced(
    text,
    those.map(({ start, end }) => {
      const alone = (start === 0 || text[start - 1] === " ") && text[end] === " ";
      return { start, end: alone ? end + 1 : end, by: "" };
    }),
  );
}
