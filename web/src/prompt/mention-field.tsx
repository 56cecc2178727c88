import { nothingThere } from "../form/checks";
import { idOf, Under, wiring } from "../form/frame";
import { errors } from "../workbench/draft";
import { Loose } from "./loose";
import { MentionBox } from "./mention-box";
import { dangling, label } from "./mentions";
import { counts } from "./references";

interface MentionFieldProps {
  place: string;
  text: string;
  onText: (text: string) => void;
  rows?: number;
  hint?: string | undefined;
  placeholder?: string | undefined;
  required?: boolean | undefined;
  onRun?: (() => void) | undefined;
}

/** A text with mentions and what is wrong with it: below it, each loose mention can be mended. */
export function MentionField({ place, text, onText, hint, ...rest }: MentionFieldProps) {
  const loose = [
    ...new Map(dangling(text, counts.value).map((one) => [label(one.kind, one.number), one])),
  ].map(([, one]) => one);
  const told = loose.map((one) => nothingThere(one, counts.value[one.kind]));
  const error = errors.value[place] ?? "";
  // Where the error is about a loose mention, what stands below says it already.
  const below = told.includes(error) || (loose.length > 0 && /^The prompt mentions /.test(error));
  return (
    <>
      <MentionBox {...wiring(place, hint)} {...rest} text={text} onText={onText} />
      <Under place={place} hint={hint} silent={below} />
      <span class="visually-hidden" role="status">
        {told.join(" ")}
      </span>
      {loose.length > 0 && (
        <div id={below ? `${idOf(place)}-error` : undefined}>
          <Loose loose={loose} text={text} onText={onText} />
        </div>
      )}
    </>
  );
}
