import { mentions, pointsAtNothing } from "./mentions";
import { counts } from "./references";

/**
 * The text again, invisible, under the field: it gives the field its height, draws the marks behind
 * the mentions, and tells where on the page a place in the text is.
 */
export function Mirror({ text, anchor }: { text: string; anchor: number | null }) {
  const pieces = piecesOf(text, anchor);
  return (
    <div class="mention-mirror" aria-hidden="true">
      {pieces.map(({ start, words, look }) => (
        <span key={start} class={look} data-anchor={start === anchor || undefined}>
          {words}
        </span>
      ))}
      {/* A line that was begun has its height before there is anything in it. */}
      {"\u200b"}
    </div>
  );
}

interface Piece {
  start: number;
  words: string;
  look: "" | "mention" | "mention dangling";
}

function piecesOf(text: string, anchor: number | null): Piece[] {
  const marks = mentions(text);
  const cuts = [...new Set([0, ...marks.flatMap(({ start, end }) => [start, end]), anchor ?? 0])]
    .filter((at) => at < text.length)
    .sort((a, b) => a - b);
  return cuts.map((start, index) => {
    const mark = marks.find((one) => one.start <= start && start < one.end);
    const wrong = mark && pointsAtNothing(mark, counts.value);
    const words = text.slice(start, cuts[index + 1] ?? text.length);
    return { start, words, look: mark ? (wrong ? "mention dangling" : "mention") : "" };
  });
}
