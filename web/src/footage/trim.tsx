/** The player of a clip that is an input, and the choice of what is used of it. */

import { useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { here, isOurs } from "../api/address";
import type { MediaLimits } from "../models/models";
import { Icon } from "../ui/icon";
import { type Attachment, change } from "../workbench/attachment";
import { Ends } from "./ends";
import { clock } from "./facts";
import { Loop } from "./loop";
import {
  firstTrim,
  type Line,
  lineOf,
  type Move,
  type Stretch,
  stretchOf,
  trimOf,
} from "./stretch";
import { thumbnail } from "./strip";
import { Timeline } from "./timeline";

interface Props {
  one: Attachment;
  limits: MediaLimits | undefined;
}

export function Trim({ one, limits }: Props) {
  const line = lineOf(one.probe, limits);
  const video = useRef<HTMLVideoElement>(null);
  const [loop, setLoop] = useState<Loop | null>(null);
  const dead = useSignal(false);
  const because = useSignal("");
  const stretch = line && stretchOf(one.trim, line);
  const address = one.url && isOurs(one.url) ? here(one.url) : null;

  useFirst(one, line, limits);
  useEffect(() => {
    if (!video.current) return;
    const made = new Loop(video.current);
    setLoop(made);
    return () => made.end();
  }, [one.view]);
  if (line && stretch) loop?.within(stretch.start / line.rate, stretch.end / line.rate);

  const move = ({ to, because: why }: Move, shown: number): void => {
    if (!line) return;
    because.value = why ?? "";
    change(one.id, { trim: trimOf(to, line) });
    loop?.show(middle(shown, line));
  };
  const plays = one.view !== null && !dead.value;

  return (
    <div class="trim">
      {plays && one.view && (
        <div class="trim-stage">
          {/* biome-ignore lint/a11y/useMediaCaption: nobody has captions of raw footage */}
          <video
            ref={video}
            src={one.view}
            preload="auto"
            playsInline
            controls={!line}
            aria-label={`The clip ${one.name}`}
            onClick={() => line && loop?.toggle()}
            onError={() => {
              dead.value = true;
            }}
            onLoadedMetadata={({ currentTarget }) => {
              // Sound alone plays where the picture's codec is not known.
              if (currentTarget.videoWidth === 0) dead.value = true;
            }}
          />
        </div>
      )}
      {!plays && <Unseen one={one} address={address} line={line} stretch={stretch} />}
      {line && stretch && (
        <>
          <Timeline
            line={line}
            stretch={stretch}
            shape={one.probe ? one.probe.width / one.probe.height : 1}
            view={plays ? one.view : null}
            address={address}
            time={plays && loop ? loop.time : null}
            onMove={move}
            onSeek={(time) => loop?.show(time)}
          />
          <div class="trim-row">
            {plays && <Controls loop={loop} video={video} sound={one.probe?.sound !== false} />}
            <Ends line={line} stretch={stretch} onMove={move} />
          </div>
          <Told line={line} stretch={stretch} because={because.value} />
        </>
      )}
    </div>
  );
}

/** A clip that is too long is used from its beginning until somebody chooses. */
function useFirst(one: Attachment, line: Line | null, limits: MediaLimits | undefined): void {
  const due = line !== null && one.trim === null && one.error === null;
  useEffect(() => {
    const first = due && firstTrim(line, limits);
    if (first) change(one.id, { trim: first });
  }, [due, one.id, line?.most, line?.frames]);
}

interface ControlsProps {
  loop: Loop | null;
  video: { current: HTMLVideoElement | null };
  sound: boolean;
}

function Controls({ loop, video, sound }: ControlsProps) {
  const muted = useSignal(false);
  const playing = useComputed(() => loop?.playing.value ?? false).value;
  return (
    <div class="trim-controls">
      <button
        class="button slim square"
        type="button"
        aria-label={playing ? "Pause" : "Play the stretch"}
        title={playing ? "Pause" : "Play the stretch"}
        onClick={() => loop?.toggle()}
      >
        <Icon name={playing ? "pause" : "play"} />
      </button>
      {sound && (
        <button
          class="button slim quiet square"
          type="button"
          aria-pressed={muted.value}
          aria-label="Mute"
          title={muted.value ? "Sound is off" : "Sound is on"}
          onClick={() => {
            muted.value = !muted.value;
            if (video.current) video.current.muted = muted.value;
          }}
        >
          <Icon name={muted.value ? "muted" : "sound"} />
        </button>
      )}
    </div>
  );
}

interface UnseenProps {
  one: Attachment;
  address: string | null;
  line: Line | null;
  stretch: Stretch | null;
}

/** In place of a clip that the browser does not play. */
function Unseen({ one, address, line, stretch }: UnseenProps) {
  const at = useSettled(line && stretch ? stretch.start / line.rate : 0);
  // A GIF is one that an image shows.
  const still = address ? thumbnail(address, at, 640) : one.view;
  const codec = one.probe?.codec ? ` (${one.probe.codec})` : "";
  return (
    <div class="trim-stage unseen">
      {still && (
        <img
          src={still}
          alt=""
          onError={({ currentTarget }) => {
            currentTarget.hidden = true;
          }}
        />
      )}
      <p class="hint">This browser cannot play this clip{codec}; the server may well read it.</p>
    </div>
  );
}

/** A value once it has stood still for a moment: each one here is work for the server. */
function useSettled(value: number): number {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), 300);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

interface ToldProps {
  line: Line;
  stretch: Stretch;
  because: string;
}

function Told({ line, stretch, because }: ToldProps) {
  const whole = line.frames / line.rate;
  const used = (stretch.end - stretch.start) / line.rate;
  const tooLong = line.most < line.frames;
  return (
    <p class="trim-told">
      <strong>{stretch.end - stretch.start === line.frames ? "All" : clock(used)}</strong> of{" "}
      {clock(whole)}
      {tooLong && !because && `. This model takes ${line.limits}: move the ends to choose.`}
      <span role="status">{because && `. ${because}`}</span>
    </p>
  );
}

/** In the middle of a frame, so that a browser that misses a little shows it still. */
const middle = (frame: number, { rate }: Line): number => (frame + 0.5) / rate;
