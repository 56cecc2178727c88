/** Clips side by side on one clock: before and after, one alone, or several results of one request. */

import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { Controls } from "./controls";
import { press, release } from "./keys";
import { type Clip, type Loaded, load, type Timings } from "./load";
import "./player.css";
import type { Trouble } from "./source";
import { Stage } from "./stage";
import { Stills } from "./stills";
import { timingOf } from "./timing";
import { viewState } from "./view";

export type { Clip } from "./load";

interface PlayerProps {
  /** The result. */
  after: Clip;
  /** What it was made of; none where it is no edit. */
  before?: Clip | null;
  /** The address of a still frame of `before` at so many seconds, for what the browser cannot decode. */
  still?: ((seconds: number) => string) | null;
  /** What is known of a clip's frames beforehand. */
  timings?: Timings;
}

/** Before and after, compared; or one clip with the same controls. */
export function Player({ after, before = null, still = null, timings }: PlayerProps) {
  const clips = useMemo(() => (before ? [before, after] : [after]), [before?.url, after.url]);
  return <Lockstep clips={clips} lead={clips.length - 1} compare still={still} timings={timings} />;
}

interface GridProps {
  clips: readonly Clip[];
  timings?: Timings;
}

/** Several clips at once, in lockstep; the first one is heard. */
export function Grid({ clips, timings }: GridProps) {
  return <Lockstep clips={clips} lead={0} timings={timings} />;
}

interface LockstepProps {
  clips: readonly Clip[];
  lead: number;
  compare?: boolean;
  still?: ((seconds: number) => string) | null;
  timings?: Timings | undefined;
}

type State =
  | { is: "loading" }
  | { is: "loaded"; loaded: Loaded }
  | { is: "nothing"; troubles: ReadonlyMap<number, Trouble> };

function Lockstep({
  clips,
  lead,
  compare = false,
  still = null,
  timings = timingOf,
}: LockstepProps) {
  const home = useRef<HTMLDivElement>(null);
  const state = useSignal<State>({ is: "loading" });
  const key = clips.map(({ url, start, end }) => `${url}#${start},${end}`).join(" ");
  useEffect(() => {
    let wanted = true;
    const element = home.current;
    if (!element) return;
    state.value = { is: "loading" };
    load(clips, lead, element, timings).then((came) => {
      if (!wanted) came.deck?.close();
      else if (came.deck) state.value = { is: "loaded", loaded: came };
      else state.value = { is: "nothing", troubles: came.troubles };
    });
    return () => {
      wanted = false;
      if (state.peek().is === "loaded") (state.peek() as { loaded: Loaded }).loaded.deck.close();
    };
  }, [key]);
  const now = state.value;
  return (
    <div class="player">
      <div ref={home} class="player-sources" aria-hidden="true" />
      {now.is === "loading" && (
        <div class="blank" role="status">
          Loading…
        </div>
      )}
      {now.is === "nothing" && <Nothing clips={clips} troubles={now.troubles} />}
      {now.is === "loaded" && (
        <Playing
          key={key}
          loaded={now.loaded}
          clips={clips}
          compare={compare}
          still={now.loaded.troubles.get(0) === "undecodable" ? still : null}
        />
      )}
    </div>
  );
}

interface PlayingProps {
  loaded: Loaded;
  clips: readonly Clip[];
  compare: boolean;
  still: ((seconds: number) => string) | null;
}

function Playing({ loaded, clips, compare, still }: PlayingProps) {
  const { deck, troubles } = loaded;
  const root = useRef<HTMLElement>(null);
  const state = useMemo(viewState, []);
  const full = useFullScreen(root);
  const stills = useStills(loaded, clips[0], still);
  const names = clips.filter((_, index) => still || !troubles.has(index)).map(({ name }) => name);
  return (
    <section
      ref={root}
      class="player-inside"
      aria-label="Player"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys work while the player has the focus
      tabIndex={0}
      onKeyDown={(event) => {
        if (press(event, deck, state)) event.preventDefault();
      }}
      onKeyUp={(event) => release(event, state)}
    >
      <Stage
        loaded={loaded}
        names={names}
        state={state}
        plain={!compare}
        stills={stills}
        full={full.is}
      />
      <Words loaded={loaded} clips={clips} stills={still !== null} />
      <Controls
        deck={deck}
        state={state}
        compares={compare && names.length === 2}
        sound={deck.sides[deck.lead]?.source.sound ?? null}
        full={full.is}
        onFull={document.fullscreenEnabled ? full.toggle : null}
      />
    </section>
  );
}

/** What somebody should know about what they see. */
function Words({
  loaded,
  clips,
  stills,
}: {
  loaded: Loaded;
  clips: readonly Clip[];
  stills: boolean;
}) {
  const { deck, troubles } = loaded;
  const names = clips.filter((_, index) => !troubles.has(index)).map(({ name }) => name);
  const words = [...troubles].map(([index, trouble]) => {
    const name = clips[index]?.name ?? "";
    return stills && index === 0 && trouble === "undecodable"
      ? `This browser cannot decode “${name}”. When paused, a still frame of it is shown instead.`
      : says(name, trouble);
  });
  if (deck.sides.some(({ source }) => !source.told)) {
    words.push(
      "This browser does not tell which frame it shows, so they are fetched one by one: slower, without sound.",
    );
  } else if (deck.inStep.value) {
    words.push(
      "These clips are too heavy to be played together here, so frames are fetched one by one: slower, without sound.",
    );
  }
  const broken = deck.broken.value;
  if (broken)
    words.push(`“${names[broken.index] ?? ""}” broke off: the server no longer sends it.`);
  if (deck.apart.value) words.push("The frames of these clips do not fall together at this place.");
  return (
    <div class="player-words" role="status">
      {words.map((text) => (
        <p key={text}>{text}</p>
      ))}
    </div>
  );
}

function Nothing({
  clips,
  troubles,
}: {
  clips: readonly Clip[];
  troubles: ReadonlyMap<number, Trouble>;
}) {
  return (
    <div class="blank" role="alert">
      {[...troubles].map(([index, trouble]) => (
        <p key={index}>{says(clips[index]?.name ?? "", trouble)}</p>
      ))}
    </div>
  );
}

function says(name: string, trouble: Trouble): string {
  return trouble === "undecodable"
    ? `This browser cannot decode “${name}”.`
    : `“${name}” cannot be loaded: it is no longer there, or on another server.`;
}

function useFullScreen(root: { current: HTMLElement | null }): {
  is: Signal<boolean>;
  toggle: () => void;
} {
  const is = useSignal(false);
  useEffect(() => {
    const changed = (): void => {
      is.value = document.fullscreenElement === root.current && root.current !== null;
    };
    document.addEventListener("fullscreenchange", changed);
    return () => document.removeEventListener("fullscreenchange", changed);
  }, [is, root]);
  const toggle = (): void => {
    const done = is.value ? document.exitFullscreen() : root.current?.requestFullscreen();
    done?.catch(() => undefined); // refused: nothing changes
  };
  return { is, toggle };
}

/** Still frames of a clip that is not decoded here, fetched when the rest stands still. */
function useStills(
  { deck }: Loaded,
  clip: Clip | undefined,
  address: ((seconds: number) => string) | null,
): Signal<Stills | null> {
  const stills = useSignal<Stills | null>(null);
  useEffect(() => {
    stills.value = address ? new Stills(address, clip?.start ?? 0, () => deck.repaint()) : null;
  }, [address, clip?.start, deck, stills]);
  useSignalEffect(() => {
    const { value } = stills;
    const number = deck.at.value;
    if (!value || deck.playing.value) return;
    const timer = setTimeout(() => void value.fetch(number, deck.clock.rate), 150);
    return () => clearTimeout(timer);
  });
  return stills;
}
