import type { Signal } from "@preact/signals";
import { Icon } from "../ui/icon";
import type { Deck } from "./deck";
import { timecode } from "./timeline";
import { choose, MODES, type ViewState } from "./view";

const SPEEDS = [0.25, 0.5, 1, 1.5, 2] as const;

interface ControlsProps {
  deck: Deck;
  state: ViewState;
  /** Whether two clips are compared. */
  compares: boolean;
  /** Whether what is heard has sound; null: not known. */
  sound: boolean | null;
  full: Signal<boolean>;
  onFull: (() => void) | null;
}

export function Controls(props: ControlsProps) {
  const { deck, state, compares } = props;
  return (
    <div class="player-controls">
      <Scrubber deck={deck} />
      <div class="player-bar">
        <Transport deck={deck} />
        {compares && <Modes state={state} />}
        <Rest {...props} />
      </div>
    </div>
  );
}

function Scrubber({ deck }: { deck: Deck }) {
  const number = deck.at.value;
  const { rate, length } = deck.clock;
  const seconds = (number / rate).toFixed(2);
  return (
    <div class="player-scrub">
      <input
        type="range"
        min={0}
        max={deck.last}
        step={1}
        value={number}
        aria-label="Position"
        aria-valuetext={`Frame ${number + 1} of ${length}, ${seconds} seconds`}
        onInput={(event) => void deck.seek(Number(event.currentTarget.value))}
      />
      <p class="player-time">
        <span>{timecode(number, rate)}</span>
        <span class="soft">
          frame {number + 1} / {length}
        </span>
      </p>
    </div>
  );
}

function Transport({ deck }: { deck: Deck }) {
  const playing = deck.playing.value;
  return (
    <fieldset class="player-group">
      <legend class="visually-hidden">Playing</legend>
      <Button name="One frame back" keys="," icon="back" act={() => deck.step(-1)} />
      <Button
        name={playing ? "Pause" : "Play"}
        keys="space"
        icon={playing ? "pause" : "play"}
        accent
        act={() => deck.toggle()}
      />
      <Button name="One frame on" keys="." icon="on" act={() => deck.step(1)} />
    </fieldset>
  );
}

function Modes({ state }: { state: ViewState }) {
  const mode = state.mode.value;
  return (
    <fieldset class="player-group player-modes">
      <legend class="visually-hidden">Comparison</legend>
      {MODES.map((one) => (
        <label key={one.mode} class="player-mode">
          <input
            type="radio"
            name="player-mode"
            checked={mode === one.mode}
            onChange={() => choose(state, one.mode)}
          />
          <span>{one.name}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Rest({ deck, state, compares, sound, full, onFull }: ControlsProps) {
  const hold = (held: boolean) => () => {
    state.held.value = held;
  };
  return (
    <div class="player-group player-rest">
      {compares && state.mode.value === "flicker" && (
        <button
          class="button slim"
          type="button"
          title="f, held"
          aria-pressed={state.held.value}
          onPointerDown={hold(true)}
          onPointerUp={hold(false)}
          onPointerLeave={hold(false)}
          onPointerCancel={hold(false)}
          onKeyDown={(event) => {
            if (event.key === " " || event.key === "Enter") {
              event.preventDefault();
              event.stopPropagation();
              state.held.value = true;
            }
          }}
          onKeyUp={hold(false)}
          onBlur={hold(false)}
        >
          Hold for the other
        </button>
      )}
      {compares && state.mode.value === "difference" && (
        <label class="player-inline">
          <span>Gain</span>
          <input
            type="range"
            min={0}
            max={5}
            step={1}
            value={state.doublings}
            aria-valuetext={`${2 ** state.doublings.value} times`}
            onKeyDown={(event) => event.stopPropagation()}
            onInput={(event) => {
              state.doublings.value = Number(event.currentTarget.value);
            }}
          />
        </label>
      )}
      <label class="player-inline">
        <span class="visually-hidden">Speed</span>
        <select
          value={String(deck.speed.value)}
          onKeyDown={(event) => event.stopPropagation()}
          onChange={(event) => {
            deck.speed.value = Number(event.currentTarget.value);
          }}
        >
          {SPEEDS.map((speed) => (
            <option key={speed} value={String(speed)}>
              {speed}×
            </option>
          ))}
        </select>
      </label>
      <Button
        name="Repeat"
        keys="l"
        icon="loop"
        pressed={deck.loop.value}
        act={() => {
          deck.loop.value = !deck.loop.value;
        }}
      />
      <Sound deck={deck} sound={sound} />
      {onFull && (
        <Button
          name={full.value ? "Leave full screen" : "Full screen"}
          icon={full.value ? "shrink" : "grow"}
          act={onFull}
        />
      )}
    </div>
  );
}

function Sound({ deck, sound }: { deck: Deck; sound: boolean | null }) {
  if (sound === false) return <span class="player-silent">no sound</span>;
  const muted = deck.muted.value || deck.volume.value === 0;
  return (
    <span class="player-inline">
      <Button
        name={muted ? "Sound on" : "Sound off"}
        keys="m"
        icon={muted ? "muted" : "sound"}
        act={() => {
          deck.muted.value = !muted;
          if (muted && deck.volume.value === 0) deck.volume.value = 1;
        }}
      />
      <input
        class="player-volume"
        type="range"
        min={0}
        max={1}
        step={0.05}
        aria-label="Volume"
        value={muted ? 0 : deck.volume.value}
        onKeyDown={(event) => event.stopPropagation()}
        onInput={(event) => {
          deck.volume.value = Number(event.currentTarget.value);
          deck.muted.value = deck.volume.value === 0;
        }}
      />
    </span>
  );
}

/** Line drawings that only the player has. */
const OWN = {
  back: "M16 5l-8 7 8 7zM6 5v14",
  on: "M8 5l8 7-8 7zM18 5v14",
  loop: "M17 3l3 3-3 3M20 6H8a4 4 0 0 0-4 4v1M7 21l-3-3 3-3M4 18h12a4 4 0 0 0 4-4v-1",
  grow: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  shrink: "M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5",
} as const;

interface ButtonProps {
  name: string;
  keys?: string;
  icon: keyof typeof OWN | "play" | "pause" | "sound" | "muted";
  accent?: boolean;
  pressed?: boolean;
  act: () => unknown;
}

function Button({ name, keys, icon, accent, pressed, act }: ButtonProps) {
  return (
    <button
      class={`button square ${accent ? "accent" : "quiet"}`}
      type="button"
      aria-label={name}
      aria-pressed={pressed}
      title={keys ? `${name} (${keys})` : name}
      onClick={() => void act()}
    >
      {icon in OWN ? (
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
          <path d={OWN[icon as keyof typeof OWN]} />
        </svg>
      ) : (
        <Icon name={icon as "play"} />
      )}
    </button>
  );
}
